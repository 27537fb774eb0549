"""A ticket's topic: the menus on its card, the talk so far, and the state in its name."""
