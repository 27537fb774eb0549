"""The configuration a unit of work runs with: desk.yaml, scenarios, articles, router, in one snapshot."""
