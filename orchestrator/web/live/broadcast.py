"""Sends every open page what has changed: painted once for each kind of page, however many look at it.

A thread of its own looks and paints, at most 20 times a second; the web server's loop hands the finished bytes out.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping

from orchestrator.web.desk import Desk
from orchestrator.web.live.gallery import PAGES, Gallery
from orchestrator.web.live.observer import Observer, Sight
from orchestrator.web.live.topics import Channel, Part, Topic, message, stamp

_log = logging.getLogger(__name__)

HEARTBEAT = 5.0
"""Seconds after which a page hears the time, whatever else it hears."""
QUIET = 0.7
"""Seconds after which a page hears that the service is there when it hears nothing else: it misses two before it says
that the connection is gone (assets/live.js)."""
AGAIN = 900.0
"""Seconds after which a page must ask anew, and so show again who asks."""
_APART = 0.05
"""Seconds between two paintings."""
_STOP_WITHIN = 2.0
"""Seconds that the painter gets to end."""

Painter = Callable[[Sight, Topic], Mapping[str, Part]]
"""Makes a page's parts."""


async def _always() -> bool:
    return True


class Broadcast:
    """Everybody who looks.

    Args:
        desk: The running service.
        painters: By page, what makes its parts.
    """

    def __init__(self, desk: Desk, painters: Mapping[str, Painter]) -> None:
        self._desk = desk
        self._painters = painters
        self._observer = Observer(desk)
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._channels: dict[Topic, Channel] = {}
        self._readers: dict[Topic, set[asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._poked = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._unlisten: list[Callable[[], None]] = []
        self._failed = False
        self._stale = False
        self._again_at = math.inf
        self._gallery = Gallery(desk, self._poked.set)

    @property
    def readers(self) -> int:
        """How many pages are open."""
        return sum(len(readers) for readers in self._readers.values())

    def knows(self, topic: Topic) -> bool:
        """Whether there is such a page to follow; only a rundown is of something, and always."""
        of_something = topic.of in self._desk.timeline().spans if topic.page == "rundown" else not topic.of
        return topic.page in self._painters and of_something

    def look(self) -> Sight:
        """What there is to show now, for a page that is asked for."""
        with self._looking:
            return self._observer.look()

    def poke(self) -> None:
        """Something may have changed; quick, from any thread."""
        if self._readers:
            self._stale = True
            self._poked.set()

    def close(self) -> None:
        """Let everybody go, and stop painting."""
        self._closed.set()
        self._poked.set()
        for unlisten in self._unlisten:
            unlisten()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake, None)
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN)

    async def follow(self, topic: Topic, may_go_on: Callable[[], Awaitable[bool]] = _always) -> AsyncIterator[bytes]:
        """The messages for one page, from everything that it shows now on, until the service stops.

        Args:
            topic: Which page.
            may_go_on: Whether who listens may still do so; asked at least as often as they hear something.
        """
        news = asyncio.Event()
        channel = self._enter(topic, news)
        gallery = self._gallery if topic.page in PAGES else None
        serial = pictures = levels = 0
        said_at = beat_at = 0.0
        again_at = self._desk.clock.monotonic() + AGAIN
        try:
            while not self._closed.is_set():
                news.clear()
                steady = self._desk.clock.monotonic()
                if not await may_go_on():
                    yield message("signed-out", {})
                    return
                if steady >= again_at:
                    yield message("again", {})
                    return
                serial, messages = channel.since(serial)
                if gallery is not None and gallery.pictures.serial != pictures:
                    messages.append(gallery.pictures.since(pictures))
                    pictures = gallery.pictures.serial
                if gallery is not None and gallery.levels.serial != levels:
                    messages.append(gallery.levels.since(levels))
                    levels = gallery.levels.serial
                if steady >= beat_at or (not messages and steady >= said_at + QUIET):
                    messages.append(message("beat", {"now": stamp(self._desk.clock.now())}))
                    beat_at = steady + HEARTBEAT
                if messages:
                    said_at = steady
                    yield messages[0] if len(messages) == 1 else b"".join(messages)
                try:
                    async with asyncio.timeout(max(0.0, said_at + QUIET - self._desk.clock.monotonic())):
                        await news.wait()
                except TimeoutError:
                    pass
        finally:
            self._leave(topic, news)

    def _enter(self, topic: Topic, news: asyncio.Event) -> Channel:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._readers.setdefault(topic, set()).add(news)
            channel = self._channels.setdefault(topic, Channel())
            if self._thread is None and not self._closed.is_set():
                self._unlisten = [
                    self._desk.status.listen(lambda _: self.poke()),
                    self._desk.catalogue.changes.listen(self.poke),
                ]
                self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
                self._thread.start()
        self._stale = True
        self._poked.set()
        return channel

    def _leave(self, topic: Topic, news: asyncio.Event) -> None:
        with self._lock:
            readers = self._readers.get(topic, set())
            readers.discard(news)
            if not readers:
                self._readers.pop(topic, None)
                self._channels.pop(topic, None)

    def _run(self) -> None:
        again: float | None = None
        while not self._closed.is_set():
            self._poked.wait(again)
            self._poked.clear()
            if self._closed.is_set():
                return
            again = self._guarded_round()
            self._closed.wait(_APART)

    def _guarded_round(self) -> float | None:
        try:
            again = self._round()
            self._failed = False
        except Exception:  # noqa: BLE001 - pages that stay open must be told again once it works
            if not self._failed:
                _log.exception("The panel's pages couldn't be brought up to date")
            self._failed = True
            return 1.0
        return again

    def _round(self) -> float | None:
        with self._lock:
            channels = dict(self._channels)
        if not channels:
            return None
        steady = self._desk.clock.monotonic()
        if self._stale or steady >= self._again_at:
            self._paint(channels, steady)
        waits: list[float | None] = [self._again_at - steady if self._again_at < math.inf else None]
        pictured = {topic for topic in channels if topic.page in PAGES}
        if pictured:
            waits.append(self._hang(pictured, steady))
        return min((wait for wait in waits if wait is not None), default=None)

    def _paint(self, channels: Mapping[Topic, Channel], steady: float) -> None:
        """Bring every kind of page up to date, and note when that must be done again."""
        self._stale = False
        sight = self.look()
        waits: list[float] = []
        changed: list[Topic] = []
        for topic, channel in channels.items():
            before = channel.serial
            wait = channel.paint(self._painters[topic.page](sight, topic), sight.moment.now, steady)
            if wait is not None:
                waits.append(wait)
            if channel.serial != before:
                changed.append(topic)
        self._again_at = steady + min(waits, default=math.inf)
        if any(topic.page in PAGES for topic in channels):
            self._gallery.watch(sight.venues)
        self._tell(changed)

    def _hang(self, topics: Collection[Topic], steady: float) -> float | None:
        """Tell the pages that show pictures of new ones, and of the levels."""
        gallery = self._gallery
        before = gallery.pictures.serial, gallery.levels.serial
        wait = gallery.refresh(steady, self.readers)
        if before != (gallery.pictures.serial, gallery.levels.serial):
            self._tell(topics)
        return wait

    def _tell(self, topics: Collection[Topic]) -> None:
        if topics and self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake, tuple(topics))

    def _wake(self, topics: Collection[Topic] | None) -> None:
        for topic in list(self._readers) if topics is None else topics:
            for news in tuple(self._readers.get(topic, ())):
                news.set()
