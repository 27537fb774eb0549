"""Published service levels to start a policy from, and the command that does it."""
