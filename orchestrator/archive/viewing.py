"""What people look at: one MP4 of the whole, a picture of it, and a sheet of pictures."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.archive.pieces import PackedFile
from orchestrator.archive.probe import Inspection, inspect, packets
from orchestrator.archive.tools import Tools

_log = logging.getLogger(__name__)

_PLACES = (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9, 0.0)
"""Where to look for a picture that shows something, as parts of the length."""
_DULL = 12.0
"""Spread of brightness (0 to 255) under which a picture is as good as empty."""
_SHEET = (4, 4)
"""Columns and rows of the contact sheet."""
_TINY = 32 * 18
"""Pixels of the pictures that are judged."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Files that the MP4 could be made from, in order of time."""

    files: tuple[PackedFile, ...]
    """One, or several that are joined."""

    @property
    def seconds(self) -> float:
        """How long it would be."""
        return sum(file.seconds for file in self.files)


def choices(files: Sequence[PackedFile], wanted: float, tolerance: float) -> list[Choice]:
    """What the MP4 could be made from, the best first.

    A whole master that covers what was planned is best; else the safety recording, which outlives a studio that died;
    else the masters joined. Whatever of these is longer by more than the tolerance goes first. Last comes each file by
    itself, the longest first.
    """
    masters = [file for file in _by_name(files) if file.role == "master" and file.seconds]
    safety = [file for file in _by_name(files) if file.role == "safety" and file.seconds]
    whole = [file for file in masters if file.inspection is not None and file.inspection.sound]
    wanted = wanted or max((sum(file.seconds for file in found) for found in (masters, safety)), default=0.0)
    covering = [Choice((file,)) for file in whole if file.seconds >= max(wanted - tolerance, 0.001)]
    joined = [Choice(tuple(found)) for found in (safety, masters) if found and _alike(found)]
    if len(joined) == 2 and joined[1].seconds > joined[0].seconds + tolerance:
        joined.reverse()
    single = [Choice((file,)) for file in [*safety, *masters]]
    ordered = [*sorted(covering, key=lambda choice: -choice.seconds), *joined]
    return _without_doubles([*ordered, *sorted(single, key=lambda choice: -choice.seconds)])


def make_mp4(folder: Path, target: Path, found: Sequence[Choice], tools: Tools) -> tuple[Inspection, Choice] | None:
    """Write the MP4 from the first choice that works, its packets as they were recorded; None where none does."""
    for choice in found:
        if (made := _remux(folder, target, choice, tools)) is not None:
            return made, choice
        target.unlink(missing_ok=True)
    return None


def make_pictures(video: Path, length: float, thumbnail: Path, sheet: Path, tools: Tools) -> list[str]:
    """Write the thumbnail and the contact sheet; returns what didn't work."""
    notes: list[str] = []
    place = _telling_place(video, length, tools)
    if not _still(video, place, thumbnail, ["-vf", "scale=640:-2"], tools):
        notes.append("no thumbnail could be made")
    if not _contact_sheet(video, length, sheet, tools):
        notes.append("no contact sheet could be made")
    return notes


def _remux(folder: Path, target: Path, choice: Choice, tools: Tools) -> Inspection | None:
    listing = folder / ".join.txt"
    if len(choice.files) == 1:
        source = ["-i", str(folder / choice.files[0].name)]
    else:
        listing.write_text("".join(f"file '{file.name}'\n" for file in choice.files), "utf-8")
        source = ["-f", "concat", "-safe", "0", "-i", str(listing)]
    argv = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-progress", "pipe:1", *source]
    argv += ["-map", "0:v:0?", "-map", "0:a?", "-c", "copy"]
    if any(
        file.role == "safety" and file.inspection is not None and file.inspection.audio.startswith("aac")
        for file in choice.files
    ):
        argv += ["-bsf:a", "aac_adtstoasc"]
    done = tools.run([*argv, "-movflags", "+faststart", str(target)], on_line=lambda _line: None)
    listing.unlink(missing_ok=True)
    if done.code != 0 or not target.exists():
        return None
    made = inspect(target, "probe", tools)
    return made if made.readable and _same_pictures(folder, target, choice, tools) else None


def _same_pictures(folder: Path, target: Path, choice: Choice, tools: Tools) -> bool:
    recorded = sum(packets(folder / file.name, tools) for file in choice.files)
    kept = packets(target, tools)
    if kept != recorded:
        _log.warning("%s holds %d of %d pictures", target.name, kept, recorded)
    # A torn last packet may be left out; a recording that is mostly missing is no copy of it.
    return kept >= recorded - len(choice.files) - recorded // 1000


def _telling_place(video: Path, length: float, tools: Tools) -> float:
    best, at = -1.0, 0.0
    for place in _PLACES:
        seconds = length * place
        spread = _spread(video, seconds, tools)
        if spread > best:
            best, at = spread, seconds
        if best >= _DULL:
            break
    return at


def _spread(video: Path, seconds: float, tools: Tools) -> float:
    argv = ["ffmpeg", "-nostdin", "-v", "error", "-ss", f"{seconds:.3f}", "-i", str(video), "-frames:v", "1"]
    pixels = tools.run([*argv, "-vf", "scale=32:18,format=gray", "-f", "rawvideo", "-"]).output[:_TINY]
    if len(pixels) < _TINY:
        return -1.0
    mean = sum(pixels) / _TINY
    return float((sum((pixel - mean) ** 2 for pixel in pixels) / _TINY) ** 0.5)


def _still(video: Path, seconds: float, target: Path, filters: Sequence[str], tools: Tools) -> bool:
    argv = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-ss", f"{seconds:.3f}", "-i", str(video), "-frames:v", "1"]
    done = tools.run([*argv, *filters, "-q:v", "3", str(target)])
    return done.code == 0 and target.exists()


def _contact_sheet(video: Path, length: float, target: Path, tools: Tools) -> bool:
    columns, rows = _SHEET
    places = range(columns * rows)
    argv = ["ffmpeg", "-nostdin", "-v", "error"]
    for place in places:  # one picture each: threads of sixteen decoders cost more than they bring
        argv += ["-threads", "1", "-ss", f"{length * (place + 0.5) / len(places):.3f}", "-i", str(video)]
    pictures = "".join(f"[{place}:v]trim=end_frame=1,scale=320:-2,setsar=1[p{place}];" for place in places)
    together = "".join(f"[p{place}]" for place in places)
    graph = f"{pictures}{together}concat=n={len(places)},tile={columns}x{rows}:padding=4"
    done = tools.run([*argv, "-filter_complex", graph, "-frames:v", "1", "-q:v", "4", str(target)])
    return done.code == 0 and target.exists()


def _by_name(files: Sequence[PackedFile]) -> list[PackedFile]:
    """As they were recorded: that is how they are numbered."""
    return sorted(files, key=lambda file: (len(file.name), file.name))


def _alike(files: Sequence[PackedFile]) -> bool:
    return len({file.inspection.form for file in files if file.inspection is not None}) == 1


def _without_doubles(found: Sequence[Choice]) -> list[Choice]:
    seen: dict[tuple[str, ...], Choice] = {}
    for choice in found:
        seen.setdefault(tuple(file.name for file in choice.files), choice)
    return list(seen.values())
