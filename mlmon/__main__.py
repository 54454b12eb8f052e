"""`python -m mlmon` is `mlmon`."""

from mlmon.cli import main

main()
