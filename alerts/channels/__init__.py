"""The senders, one file a channel's kind."""
