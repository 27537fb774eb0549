"""Figures over a period from our own tickets and from an imported history: measures, money, pictures, sheets."""
