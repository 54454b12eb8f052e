"""What leaves: files, Prometheus, MLflow."""
