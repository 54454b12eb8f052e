"""Train: a fitted version from batches, and whether it replaces the active one."""
