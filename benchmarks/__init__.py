"""Every figure that the README or the docs quote, each with one command."""
