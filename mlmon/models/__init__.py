"""What is known of a model: versions, artifacts, predictions, features, decisions."""
