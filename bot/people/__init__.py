"""The directory of people, and the table of permissions."""
