"""What drives the engine: handlers of jobs and pipelines, and the dispatcher over them.

On SQLite the server starts it as threads of its own; ``whorl worker`` starts it alone, which needs PostgreSQL.
Key words: a *job body* does one kind of long work; the *engine* here is the dispatcher with all its handlers.

Invariants: what a job did is written through the one writer; a folder on the server's machine is only touched by a job
that somebody with the right to name it has queued.
"""
