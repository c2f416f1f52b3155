"""Pipelines of Dataloop as pipelines of Whorl: what maps is mapped, all else is listed with the reason.

Key words: a *part* is a node, connection, variable or trigger of the document; every part is in the report once, with
what it became or why it became nothing.
"""
