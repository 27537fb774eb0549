"""What hits many at once: outages that a supervisor declares, who is hit, and what they are told."""
