"""Tells what the simulated devices were sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orchestrator.devices.device import Command, Sent


def said(commands: Sequence[Command], sent: Sequence[Sent], say: Callable[[str], None]) -> None:
    """Tell what was sent, and what was refused."""
    for command, answer in zip(commands, sent, strict=True):
        say(command.reason if answer.error is None else f"{command.reason} (refused: {answer.error.problem.code})")
