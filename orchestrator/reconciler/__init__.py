"""The loop of one venue: observe, diff, send, confirm."""

from orchestrator.reconciler.loop import Reconciler

__all__ = ["Reconciler"]
