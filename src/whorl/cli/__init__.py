"""The command line: one file per command group, each a thin door to the SDK.

Words: *data* is what a command was asked for and goes to stdout; *notes* and progress go to stderr.
Invariants: every command has ``--json``; an expected error is two lines, never a trace; exit codes are stable
(`whorl.cli.failures`); nothing heavy is imported before it is needed.
"""
