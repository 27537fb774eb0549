"""What would save most, with its evidence, and what accepted advice brought."""
