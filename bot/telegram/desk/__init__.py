"""Buttons of what engineers and supervisors work with: menus on a card, the own desk, the board."""
