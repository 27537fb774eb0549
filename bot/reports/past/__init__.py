"""The history of another desk: its export read by a map, kept beside our own tickets, used by every report."""
