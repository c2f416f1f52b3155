"""Where bodies run: in a pool of local processes, or inline in tests. Four calls, so that a cluster can replace it.

Functions and arguments must pickle (a function at the top of a module). What a function raises comes out of ``wait``;
a process that dies comes out as WorkerLost, which may be tried again.
"""

from whorl.engine.executors.executor import Executor, Placing
from whorl.engine.executors.inline import InlineExecutor
from whorl.engine.executors.local import LocalExecutor

__all__ = ["Executor", "InlineExecutor", "LocalExecutor", "Placing"]
