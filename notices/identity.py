"""The identity of an address: what makes two of them the same article."""
