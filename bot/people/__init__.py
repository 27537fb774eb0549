"""Who is who: the directory of people, and the one table of who may do what."""
