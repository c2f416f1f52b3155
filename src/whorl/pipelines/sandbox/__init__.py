"""Runs a user's Python function in a process of its own that can do little else.

Key words: the *child* is the process, `child.py` the script it runs; `confine.py` is how it locks itself in before it
reads the user's source; `launch.py` starts it, feeds it item by item and ends it; `source.py` checks the source.

Invariants: nothing of the server's environment, files or connections goes in but one item at a time; what comes out is
JSON that is checked here; a child never outlives the call that started it. What holds where, and what does not:
`docs/explain/sandbox.md`.
"""
