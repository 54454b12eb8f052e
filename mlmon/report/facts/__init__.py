"""What pages are made of: queries, words, tables, tiles."""
