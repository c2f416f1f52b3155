"""The durable inbox: what is sent is worked on until it is done or dead-lettered, and takes effect exactly once.

Key words: a *message* goes to a *node*; a claimed message is *work* under a *lease*; a *body* runs outside any
transaction; the *fence* is the DELETE by token that decides whose result counts; what fails waits and is tried again,
alone after two failures, and becomes a *dead letter* in the end. Long *jobs* are the same rows with progress.

Invariants: a node's database effects happen once, its body at least once; nothing is lost when a process is killed at
any moment; on SQLite one process runs the engine; a node without a handler keeps its items waiting.
"""

from whorl.engine.dispatcher import Dispatcher
from whorl.engine.executors import Executor, InlineExecutor, LocalExecutor, Placing
from whorl.engine.handlers import BodyContext, Buries, Handler, HandlerSource, StaticHandlers
from whorl.engine.inbox import bury, claim, extend, finish, release, retry_later, revive, send
from whorl.engine.messages import Failed, Message, Released, Work

__all__ = [
    "BodyContext",
    "Buries",
    "Dispatcher",
    "Executor",
    "Failed",
    "Handler",
    "HandlerSource",
    "InlineExecutor",
    "LocalExecutor",
    "Message",
    "Placing",
    "Released",
    "StaticHandlers",
    "Work",
    "bury",
    "claim",
    "extend",
    "finish",
    "release",
    "retry_later",
    "revive",
    "send",
]
