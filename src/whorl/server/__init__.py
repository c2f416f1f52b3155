"""The REST API, its guard, and the page at ``/``.

Key words: ``Services`` is everything a request may use; the *guard* looks at each request before anything else (host,
origin, size, who it is, CSRF); a *permit* is the action that a route declares; a *problem* is an error as RFC 9457
JSON.

Invariants: a route without a declared action does not start; every error is a problem with a stable code and never a
trace; nothing heavy is imported before the first answer; what people uploaded is never served as a page.
"""
