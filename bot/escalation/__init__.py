"""Who is told when a promise is at risk or broken: levels that ring, people they reach, what those people read."""
