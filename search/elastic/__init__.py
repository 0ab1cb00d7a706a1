"""The index on Elasticsearch: its templates, documents and projector."""
