"""Which pictures and levels open pages are told of, and how often: the more pages there are, the less often."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping

from orchestrator.sights import Eye, Picture, Shot
from orchestrator.web.desk import Desk
from orchestrator.web.live.topics import message
from orchestrator.web.live.views import VenueView

Place = tuple[str, Shot]
"""A venue, and of what its picture is."""
SHOTS: tuple[Shot, ...] = ("programme", "next")
PAGES = frozenset({"home", "wall"})
"""The pages that show pictures."""
_PICTURES_EACH, _PICTURES_LEAST = 0.04, 1.0
"""Seconds between two announcements of pictures, for each open page; and at least."""
_LEVELS_EACH, _LEVELS_LEAST = 0.01, 0.1
"""Seconds between two announcements of levels, for each open page; and at least."""
_SLACK = 0.02
"""Seconds that an announcement may come early, so that rates that are equal don't beat."""


class Levels:
    """The latest levels, and how many messages there were."""

    def __init__(self) -> None:
        self._body: Mapping[str, object] = {}
        self._sent_at = 0.0
        self._text = b""
        self.serial = 0
        """Number of the latest message."""

    def put(self, body: Mapping[str, object], steady: float, apart: float) -> float | None:
        """Announce what there is, if it has changed; the seconds until it may be, where it is too soon."""
        if body == self._body:
            return None
        if (wait := self._sent_at + apart - _SLACK - steady) > 0:
            return wait
        self._body, self._sent_at = body, steady
        self._text = message("levels", body)
        self.serial += 1
        return None

    def since(self, _serial: int) -> bytes:
        """The message for somebody who isn't up to date."""
        return self._text


class Pictures:
    """The latest pictures; a message brings those that have changed, or all to who is new."""

    def __init__(self) -> None:
        self._shown: dict[Place, Picture | None] = {}
        self._sent_at = 0.0
        self._delta = self._whole = b""
        self.serial = 0
        """Number of the latest message."""

    def put(self, found: dict[Place, Picture | None], steady: float, apart: float) -> float | None:
        """Send what has changed; the seconds until it may be, where it is too soon."""
        gone: dict[Place, Picture | None] = dict.fromkeys(self._shown.keys() - found.keys())
        changed = {place: one for place, one in found.items() if _tag(one) != _tag(self._shown.get(place))}
        if not changed and not any(self._shown[place] for place in gone):
            return None
        if (wait := self._sent_at + apart - _SLACK - steady) > 0:
            return wait
        self._shown, self._sent_at = found, steady
        self._delta, self._whole = _pictures({**changed, **gone}), b""
        self.serial += 1
        return None

    def since(self, serial: int) -> bytes:
        """The message for somebody who has this serial."""
        if serial == self.serial - 1 and serial > 0:
            return self._delta
        self._whole = self._whole or _pictures(self._shown)
        return self._whole


def _tag(picture: Picture | None) -> str | None:
    return None if picture is None else picture.tag


def _pictures(found: Mapping[Place, Picture | None]) -> bytes:
    """Pictures as pages take them in: sent along, for asking for each would cost the service ten times as much."""
    body: dict[str, dict[str, str | None]] = {}
    for (venue, shot), one in found.items():
        address = None if one is None else f"data:image/jpeg;base64,{b64encode(one.jpeg).decode()}"
        body.setdefault(venue, {})[shot] = address
    return message("pictures", body)


class Gallery:
    """What the venues' eyes see, for whoever looks."""

    def __init__(self, desk: Desk, poke: Callable[[], None]) -> None:
        self._desk = desk
        self._poke = poke
        self._eyes: dict[str, Eye] = {}
        self.pictures = Pictures()
        """What is seen."""
        self.levels = Levels()
        """What is heard."""

    def watch(self, views: tuple[VenueView, ...]) -> None:
        """Look at the venues whose pictures are shown: where an event runs or is near."""
        eyes = {view.id: (view, eye) for view in views if view.soon and (eye := self._desk.eye(view.id)) is not None}
        for view, eye in eyes.values():
            if view.id not in self._eyes:
                eye.listen(self._poke)
            eye.watch(view.next_scene)
        self._eyes = {name: eye for name, (_, eye) in eyes.items()}

    def refresh(self, steady: float, readers: int) -> float | None:
        """Announce what is new; the seconds until there may be more that is known already."""
        pictures: dict[Place, Picture | None] = {}
        levels: dict[str, object] = {}
        for name, eye in self._eyes.items():
            for shot in SHOTS:
                pictures[name, shot] = eye.picture(shot)
            if (level := eye.level()) is not None:
                levels[name] = {"level": level.level, "peak": level.peak, "state": level.state}
        waits = (
            self.pictures.put(pictures, steady, max(_PICTURES_LEAST, readers * _PICTURES_EACH)),
            self.levels.put(levels, steady, max(_LEVELS_LEAST, readers * _LEVELS_EACH)),
        )
        return min((wait for wait in waits if wait is not None), default=None)
