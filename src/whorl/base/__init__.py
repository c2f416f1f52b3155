"""Ground floor: settings, errors, ids, clock and log.

Everything above may import from here; nothing here imports another room.
Key words: a *setting* comes from the environment or a flag, an *id* is public and time-ordered,
a *clock* is passed in and never read at import.
"""
