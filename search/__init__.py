"""Find: the query language, its readers and the projector."""
