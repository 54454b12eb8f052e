"""What keeps well: doctor and prune."""
