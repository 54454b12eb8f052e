"""Tables from outside: files and frames, their formats and the types of their columns."""
