"""Pictures of the figures: as wide as a phone, light and dark, in the reader's language."""
