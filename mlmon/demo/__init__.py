"""The tutorial: its data, its project and its chapters."""
