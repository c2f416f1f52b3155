"""The whole loop on labelled data, people included: simulated annotators play from the true labels.

Key words: an *oracle* knows the truth; an *arm* is one pipeline with its own pool and ground truth; the *control arm*
chooses at random with an equal budget. Everything else is the real thing: the same ingest, tasks, leases, reviews,
training processes, evaluations and comparisons that people use.
"""
