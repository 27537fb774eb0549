"""The running bot and its command line: built, started, stopped; its files loaded, checked and reloaded."""
