"""Where everything is kept: the schema on one page, and the way to run a unit of work."""
