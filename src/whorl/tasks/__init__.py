"""Work for people: queues, leases, submitting, review.

A *task* is human work of one kind on a set of items; each (item, task) pair has its own status. A *lease* gives an item
to one person for a while, proved by a token; a *draft* is what they saved and did not submit yet; an *issue* is what a
reviewer wants mended; it reopens the author's work. Where a task wants several *answers*, each is kept apart from
ground truth until there are enough to be *fused*: by majority, agreed or disputed.

Invariants: an item is with one person per task; an expired lease returns to the queue with its draft; a write without
the current lease token changes nothing (LeaseLost); a submit over somebody else's change is refused with both versions
(StaleWrite); repeating a submit changes nothing; open issues block approval.
"""
