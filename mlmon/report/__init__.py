"""The report: pages that only select from the warehouse, drawn once, complete without a server."""
