"""Whorl: an open-source data flywheel for vision AI."""

__version__ = "0.1.0"
