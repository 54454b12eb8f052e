"""The kinds of pages, each a list of tiles."""
