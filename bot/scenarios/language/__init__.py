"""The scenario language: models, templates, patterns, and the compiled program."""
