"""What flows through policywatch and where it rests."""
