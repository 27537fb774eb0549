"""`python -m bot.sandbox`."""

from bot.sandbox.cli import main

main()
