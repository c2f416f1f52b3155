"""Model adapters: any object with some of ``load``, ``predict``, ``embed``, ``train`` and ``save``.

Everything is optional and capabilities are read off the methods that exist; a plain function is a model
that predicts. :func:`resolve_adapter` finds one by its text form, :class:`Adapter` calls it, coerces what
it returns, and turns what it raises into a :class:`~whorl.base.errors.ModelError` with the adapter's name.
"""

from __future__ import annotations

from whorl.models.adapters.contract import Adapter, TrainFacts
from whorl.models.adapters.resolve import BUILTINS, resolve_adapter

__all__ = ["BUILTINS", "Adapter", "TrainFacts", "resolve_adapter"]
