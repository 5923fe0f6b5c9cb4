"""The command line."""

from __future__ import annotations

from orchestrator.cli.root import cli


def main() -> None:
    """Entry point of the command `orchestrator`."""
    cli.main()
