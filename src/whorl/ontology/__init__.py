"""What may be said about an item: labels (a tree), attributes, and recipes for tasks.

Key words: an *ontology* is one immutable version; saving makes the next one. A *recipe* pins an ontology version.
A change is *minor* when everything said before stays valid, and *major* when it does not.

Invariants: versions are never edited; every label of ground truth is a label of the project's ontology at the time of
writing; only an import may add labels by itself, and only where the ontology is open or its caller says so.
"""
