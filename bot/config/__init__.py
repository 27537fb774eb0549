"""The configuration of a unit of work: desk.yaml, scenarios, articles and router in one snapshot."""
