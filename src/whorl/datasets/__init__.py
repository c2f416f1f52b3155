"""Sets of items: what was uploaded, how it stands, and how it stood at any revision.

Key words: an *item* is one image under a name; its *state* is what may change (subset, group, metadata, checked
empty); a *revision* is one write; a *snapshot* is a name for a revision; *frozen* means the test subset may not change.

Invariants: rows are inserted and later closed (``died_rev``), never edited; every write takes the next revision of its
dataset, under a lock, so revisions are gapless and a reader of revision r sees all of r or nothing of it; a snapshot
costs the same for one item as for a million; the bytes of an item never change (other bytes are another item).
"""
