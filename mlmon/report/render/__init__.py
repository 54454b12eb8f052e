"""Facts into HTML: templates, Markdown, what is cached between runs."""
