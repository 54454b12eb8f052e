"""Two frames or files without a project."""
