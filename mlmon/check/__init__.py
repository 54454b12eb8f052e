"""Check: limits against figures, and the alerts that follow."""
