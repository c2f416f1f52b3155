"""Assistants learn from what people finish in a labelling task and propose on what is left.

An assistant belongs to one task. It trains in the background once enough items are finished, and again as work goes on;
its models are registered as any model is, with ``assistant_id``. What it says is a prediction: no ground truth without
a person.
"""
