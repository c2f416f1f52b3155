"""State: the database, the blobs and the outbox of events.

Key words: a *write* is a function that gets a connection and is run inside one transaction; *people* go before
*engine*; a *blob* is bytes under their SHA-256; an *event* is emitted in the transaction that causes it.

Invariants: on SQLite one thread of one process writes, always with BEGIN IMMEDIATE; what `Database.write` returned is
on disk; nothing above this floor opens a connection of its own.
"""
