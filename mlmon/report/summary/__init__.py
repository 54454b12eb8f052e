"""The verdict in words: text, Markdown, a notebook, a picture."""
