"""The database: the schema on one page, and units of work."""
