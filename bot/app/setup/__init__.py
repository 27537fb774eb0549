"""`firstline setup`: one dialogue in the terminal from BotFather's token to a test ticket."""
