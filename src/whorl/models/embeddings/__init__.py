"""Embeddings: vectors of images and crops, derived, kept by content, searched.

A *space* holds the vectors of one source (a feature, a registered model, an adapter that embeds); the vectors of two
spaces never mix. A vector's key is its content: the item's SHA-256, or that of a crop (`keys`). Vectors travel as
*segments*, blobs that are never changed (`segments`); each machine keeps a memory-mapped copy of its own (`mirror`,
`store`), which may be deleted at any time. Invariants: every vector has unit length; a segment counts once its row
is committed, so a kill loses at most the segment being made; a vector goes when no live item has its key any more.

Import from the submodules: the server starts without numpy.
"""
