"""Which pictures are one scene: a hash of what a picture shows, and groups of pictures that are alike.

Key words: a *perceptual hash* is 64 bits that change little when a picture is resized, compressed or retouched a
little; *hash distance* is the number of bits in which two differ; a *group* is one picture that is kept and those
within reach of it.

Invariants: pure, numpy alone; the same input gives the same groups on every machine and in every order of work; a group
is a star around the one that is kept, so a slow pan never becomes one endless group.
"""

from whorl.datasets.alike.grouping import Alike, Tie, group_alike
from whorl.datasets.alike.perceptual import NO_HASH, hash_distances, hash_picture

__all__ = ["NO_HASH", "Alike", "Tie", "group_alike", "hash_distances", "hash_picture"]
