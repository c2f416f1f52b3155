"""Triggers: what starts runs.

Key words: a *cause* names why a run began (an event, a count reached, a time); one (rule, cause) begins one run, ever.
The *pump* reads the outbox once, in order, in the transaction that starts the runs and moves the cursor.
"""
