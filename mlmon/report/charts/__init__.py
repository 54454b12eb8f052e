"""Charts: rows become Vega-Lite specifications, drawn once to inline SVG."""
