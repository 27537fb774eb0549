"""`python -m bot` is `firstline`."""

from bot.app.cli import main

main()
