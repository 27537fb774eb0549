"""What Firstline knows: articles people read, and the way from free text to a scenario."""
