"""Firstline: the first line of a company's IT support, in Telegram."""

__version__ = "0.2.0"
