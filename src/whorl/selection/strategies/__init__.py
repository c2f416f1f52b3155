"""One selection strategy per file; see docs/reference/strategies.md. Get them by name from ``whorl.selection``."""
