"""Scenarios: their language, the compiler, the engine, and the runs."""
