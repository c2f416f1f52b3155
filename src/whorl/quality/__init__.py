"""What is wrong with data: pictures that are there twice, pictures that are no use.

Key words: a *scan* looks at a dataset once and writes down *groups* of items that are one scene; each group *keeps* one
item, the others are *extras*; a *leak* is a group with items in training and in test; *health* is what the pixels alone
tell: blurred, dark, bright, flat, odd in size or shape.

Invariants: a scan never changes items, only ``apply_scan`` does, in one revision; an item with ground truth, or in a
frozen test subset, is never deleted with its group; thresholds of health come from the dataset itself, within fixed
bounds. Import from the submodules: the server starts without numpy.
"""
