"""Which venue and which ceremony an entry of a calendar means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.config import ics_names as names
from orchestrator.config.ics_text import Component
from orchestrator.plan.model import Ceremony, Venue


def venue_of(entry: Component, venues: Mapping[str, Venue]) -> str | None:
    """The venue's id: as our own export wrote it, else the one that is called as the entry's place, or begins so."""
    if (own := entry.text(names.VENUE)) in venues:
        return own
    place = _plain(entry.text("LOCATION"))
    if not place:
        return None
    called = {name: _plain(venue.name) for name, venue in venues.items()}
    same = [name for name, title in called.items() if place in {title, _plain(name)}]
    near = [name for name, title in called.items() if place.split(",")[0].strip() == title.split(",")[0].strip()]
    return _only(same) or _only(near)


def ceremony_of(entry: Component, ceremonies: Mapping[str, Ceremony]) -> str | None:
    """The ceremony's id: as our own export wrote it, else the one that a category is called as."""
    if (own := entry.text(names.CEREMONY)) in ceremonies:
        return own
    written = [_plain(found.value) for found in entry.all("CATEGORIES")]
    said = {*written, *(part.strip() for text in written for part in text.split(","))}
    return _only([name for name, one in ceremonies.items() if {_plain(one.name), _plain(name)} & said])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _only(found: Iterable[str]) -> str | None:
    names_found = list(found)
    return names_found[0] if len(names_found) == 1 else None
