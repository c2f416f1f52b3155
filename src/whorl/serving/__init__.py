"""Endpoints that answer for a model. This room is empty for now.

What will live here: endpoints, the sampled prediction log, feedback and flag rules.
"""
