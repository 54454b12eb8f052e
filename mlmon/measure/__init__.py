"""Samples in, figures out: bench, bins, profile, snapshot, inference, classifier, own metrics."""
