"""What engineers and supervisors work with: buttons of menus on a card, of the own desk and of the board; icons of topics."""
