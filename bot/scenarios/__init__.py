"""Scenarios: their language, its compiler, the engine that plays them, and where everybody stands."""
