"""Watching a model in production. This room is empty for now.

What will live here: input health, drift detectors on inputs and outputs, target drift from audited samples,
and the decision to train again. One algorithm per file.
"""
