"""The fast offline replay: a labelled set is treated as if nothing were labelled, and strategies buy labels from it.

Key words: a *pool* is drawn anew for each seed, with its own test items; an *arm* is one strategy on one pool; a *run*
is the learning curve of an arm; the random arm is always there.

Invariants: all arms of a pool have the same pool, the same test items and the same budgets; a strategy sees what the
product would show it, and nothing else; the same plan gives the same runs.

Begin with ``running.simulate``; below it are ``plan`` (what to run), ``replay`` (running it), ``outcome`` (what came of
it), ``linear`` and ``detecting`` (the models), ``sources`` (images from files), ``keeping`` (finished runs),
``drawing`` (curves), and for datasets of a server ``job``, ``reading``, ``actions`` and ``queries``.
"""
