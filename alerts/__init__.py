"""Tell: subscriptions, deliveries and channels."""
