"""The stored evaluations: find, key, sample, reference."""
