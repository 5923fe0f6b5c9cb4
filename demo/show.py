"""What the demo shows while it runs: the run of show with its place, and what each sink gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo.proof import Check
from demo.seen import Seen, scene_of
from demo.station import PALETTE, VENUE, ZONE


@dataclass(frozen=True, slots=True)
class Line:
    """A cue as `orchestrator plan --json` tells it."""

    cue: str
    """Its id."""
    at: datetime | None
    """When it is due; None for a GO that nobody gave."""
    does: str
    """What it does, in words."""


def lines_of(plan: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The run of show from the plan's document."""
    return [
        Line(
            cue=row["cue"],
            at=None if row["at"] is None else datetime.fromisoformat(row["at"]),
            does=", ".join(f"{key}: {_short(value)}" for key, value in row["do"].items() if key != "text"),
        )
        for row in plan
    ]


def _short(value: Any) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


class Show:
    """Draws over itself on a terminal; elsewhere one plain line for each change."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._last: tuple[object, ...] = ()

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(text, highlight=False)

    def __enter__(self) -> Show:
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=5, transient=False)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def update(
        self, now: datetime, lines: Sequence[Line], status: Mapping[str, Any] | None, sinks: Sequence[Seen]
    ) -> None:
        """Show this moment."""
        venue = (status or {}).get("venues", {}).get(VENUE, {})
        pictures = [scene_of(seen.frames[-1].colour, PALETTE) if seen.frames else None for seen in sinks]
        if self._live is not None:
            self._live.update(self._picture(now, lines, venue, sinks, pictures))
            return
        problems = tuple(problem["message"] for problem in venue.get("problems", []))
        current = (venue.get("cue"), venue.get("on_air"), *pictures, *problems)
        if current != self._last:
            self._last = current
            at_sinks = "; ".join(f"{seen.name}: {p or '-'}" for seen, p in zip(sinks, pictures, strict=True))
            clock = now.astimezone(ZONE).strftime("%H:%M:%S")
            on_air = "ON AIR" if venue.get("on_air") else "off air"
            self.say(f"{clock}  {venue.get('cue') or '-':<13} {on_air}  {at_sinks}  {' '.join(problems)}".rstrip())

    def prove(self, checks: Sequence[Check]) -> None:
        """The table of claims."""
        table = Table(title="Proof", title_justify="left", title_style="bold")
        table.add_column("")
        table.add_column("Claim")
        table.add_column("Measured", overflow="fold")
        for check in checks:
            table.add_row(
                Text("yes", "bold green") if check.holds else Text("NO", "bold red"), check.claim, check.figures
            )
        self._console.print(table)

    def cues(self, rows: Sequence[Sequence[str]], sinks: Sequence[str]) -> None:
        """The table of lateness, a row a cue."""
        table = Table(title="Lateness, ms after the planned time", title_justify="left", title_style="bold")
        table.add_column("Cue")
        for name in ("Planned (WIB)", "Sent", "Confirmed", *(f"Frame at {sink}" for sink in sinks)):
            table.add_column(name, justify="right")
        for row in rows:
            table.add_row(*row)
        self._console.print(table)

    def _picture(
        self,
        now: datetime,
        lines: Sequence[Line],
        venue: Mapping[str, Any],
        sinks: Sequence[Seen],
        pictures: Sequence[str | None],
    ) -> RenderableType:
        rundown = Table(title="Upacara Penaikan Bendera (demo)", title_justify="left", title_style="bold")
        for name in ("", "At", "Cue", "Does"):
            rundown.add_column(name)
        for line in lines:
            rundown.add_row(*self._row(line, now, venue.get("cue")))
        feeds = Table(title="At the sinks", title_justify="left", title_style="bold")
        for name in ("Destination", "Service says", "Frames", "Picture"):
            feeds.add_column(name)
        stream = list((venue.get("observed") or {}).get("stream", {}).items())
        said = {name.lower(): state for name, state in stream}
        for seen, picture in zip(sinks, pictures, strict=True):
            state = next((state for name, state in said.items() if seen.name.lower().startswith(name)), "-")
            feeds.add_row(seen.name, state, str(len(seen.frames)), _swatch(picture))
        problems = [Text(problem["message"], "yellow") for problem in venue.get("problems", [])]
        head = Text("● ON AIR" if venue.get("on_air") else "○ off air", "bold red" if venue.get("on_air") else "dim")
        return Group(Text(now.astimezone(ZONE).strftime("%H:%M:%S WIB  "), "bold") + head, rundown, feeds, *problems)

    def _row(self, line: Line, now: datetime, current: str | None) -> tuple[Text, str, str, str]:
        at = "GO" if line.at is None else line.at.astimezone(ZONE).strftime("%H:%M:%S")
        if line.cue == current:
            return Text("▶", "bold green"), at, line.cue, line.does
        past = line.at is not None and line.at < now
        wait = "" if line.at is None or past else f"{(line.at - now).total_seconds():.0f} s"
        return Text("✓" if past else wait, "green" if past else "dim"), at, line.cue, line.does


def _swatch(scene: str | None) -> Text:
    if scene is None:
        return Text("-")
    red, green, blue = PALETTE[scene]
    return Text("  ", f"on rgb({red},{green},{blue})") + Text(f" {scene}")
