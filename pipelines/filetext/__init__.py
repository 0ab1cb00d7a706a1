"""The text of attached files: one format a file, told apart by their bytes and not by their names."""
