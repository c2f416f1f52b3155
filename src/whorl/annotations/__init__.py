"""What is said about items: ground truth and predictions, who said it, and every version of it.

Key words: a *draft* is an annotation to be saved; a *version* is one row of an annotation's history, all under one
id; the *layer* is truth or prediction; *promotion* makes ground truth from a prediction and is an event.

Invariants: reads give ground truth unless the caller names the other layer; a prediction never becomes truth in
place, promotion inserts a row that points back at it; a save based on an older revision is refused with both versions;
predictions belong to a model by id, never by name.
"""
