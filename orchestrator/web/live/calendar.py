"""What an open page of the schedule hears: that the calendar is another, and which version of the schedule is new."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from zoneinfo import ZoneInfo

from orchestrator.catalogue.records import VersionRow
from orchestrator.config.model import Configuration
from orchestrator.i18n import Language
from orchestrator.web.live.dayline import state_of
from orchestrator.web.live.drawn import Drawn
from orchestrator.web.live.observer import Sight
from orchestrator.web.live.topics import Part, Topic
from orchestrator.web.page import fragment
from orchestrator.web.schedule_words import VERSIONS


def mark_of(sight: Sight) -> str:
    """Another text whenever a calendar would show something else: the schedule, changes, the day, what is on air."""
    moment = sight.moment
    on_air = on_air_in(sight)
    spans = moment.timeline.spans.values()
    states = [(span.occurrence.id, state_of(span, moment.now, on_air)) for span in spans]
    today = moment.now.astimezone(ZoneInfo(moment.configuration.station.timezone)).date()
    changes = [change.id for change in moment.timeline.changes]
    return _digest(repr((_of_files(moment.configuration), changes, states, today)))


def on_air_in(sight: Sight) -> set[str]:
    """The occurrences that are seen on air."""
    return {view.event.occurrence.id for view in sight.venues if view.on_air and view.event}


def schedule_parts(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """The parts of every page of the schedule, beside those of the shell."""
    return {"calendar": Part(mark_of(sight)), "version": Part(version_html(sight, topic.language))}


def version_html(sight: Sight, language: Language) -> str:
    """The newest version, for who looks at an older one."""
    if sight.version is None:
        return ""
    return _DRAWN.get("version", (sight.version, sight.moment.configuration.station.timezone), language)


def _of_files(configuration: Configuration) -> str:
    """Worked out once for each: it is read whole, of a year of events too."""
    if _FILES.get("of") is not configuration:
        names = [(venue.id, venue.name, venue.timezone) for venue in configuration.venues.values()]
        read = (configuration.events, configuration.ceremonies, configuration.destinations, names)
        _FILES.update({"of": configuration, "digest": _digest(repr(read))})
    return str(_FILES["digest"])


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()


_FILES: dict[str, object] = {}
_DRAWN = Drawn[tuple[VersionRow, str]](
    lambda one, language: fragment("schedule/newest.html", language, version=one[0], zone=one[1], actions=VERSIONS)
)
