"""Pipelines: a versioned graph of nodes that tokens travel through.

Key words: a *node* has typed *ports*; an *edge* joins an output to an input and may carry a query; a *token* is one
thing on its way (an item upstairs, a model downstairs); a *run* is a token's journey, pinned to the version it began
with; a *trigger* starts runs; a *variable* is read anew for every batch.

Invariants: a trigger fires at most once for one (rule, cause); what a node writes to the database is written exactly
once, in the transaction that takes its tokens from the inbox; a node with parked tokens is not removed silently; every
output port may be left open, and then ends the journey.
"""
