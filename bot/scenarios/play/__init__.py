"""The scenario engine: pure functions from state and event to state, view and effects."""
