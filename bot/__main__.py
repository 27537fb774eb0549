"""`python -m bot` is `firstline`."""

from bot.cli import main

main()
