"""Who may do what: people, tokens, projects, membership and the one policy.

A *person* signs in with a password or a token; a *token* is random, shown once, and only its SHA-256 is kept; a
*service token* acts as a role in one project; a *launch token* opens the local owner's session on loopback.
An ``Actor`` is who a request comes from, with a role in each of their projects.

Invariants: every decision goes through ``rules.require``; a project that the actor is no member of does not exist
for them (NotFound, not Forbidden); every write that matters for security leaves an audit row; a project always has
an owner.
"""
