"""The compiler of scenarios: lint rules, tests and walks."""
