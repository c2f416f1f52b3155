"""Endpoints: models that answer images under an address, and what is remembered of the answers.

A server process keeps a handle (`pool`) on model hosts (`host`): child processes that decode, batch and predict, so
that neither onnxruntime nor a stranger's adapter shares the server's interpreter. Who serves is written in the
endpoint's row (`actions`); every server notices (`book`) and moves traffic when the new model is loaded and warm.
Invariants: a switch drops no request; a model that does not load replaces none; each answer names its model and role.

Import from the submodules: this file stays empty so that the server starts without numpy or onnxruntime.
"""
