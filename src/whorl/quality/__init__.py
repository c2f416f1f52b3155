"""Finding label errors. This room is empty for now.

What will live here: finders that give each object a suspicion (swapped, missing, spurious, badly located),
agreement between people, auto-acceptance under a proven error bound, and audits. One algorithm per file.
"""
