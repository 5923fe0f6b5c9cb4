"""What the facts mean for an event: a checklist in words, each with what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from orchestrator.errors import N_
from orchestrator.plan.model import Do, Mute, Source
from orchestrator.plan.span import Span
from orchestrator.readiness.facts import Facts, Studio, Target, Trial

State = Literal["ready", "later", "warn", "no"]
"""Fine; can only be told later; worth a look; keeps the event from being ready."""

Words = Mapping[str, object]
_NO_WORDS: Words = MappingProxyType({})
_LAUNCH = timedelta(minutes=30)
"""How long before an event the service gets its studio up."""
_ABOUT_ROOM = frozenset({"storage.full", "storage.low"})
"""Problems that the line about the room for recordings tells."""
_FRESH = timedelta(hours=24)
"""How long a push of a key counts."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checklist."""

    id: str
    """What was checked: `studio`, `scenes`, `destination.youtube`."""
    state: State
    """How it stands."""
    heading: str
    """What it is about, in English; `{name}` may be in it."""
    sentence: str
    """How it stands and what to do, in English, with places for `words`."""
    words: Words = field(default_factory=lambda: _NO_WORDS)
    """What goes into the places."""
    href: str | None = None
    """The page that helps."""


@dataclass(frozen=True, slots=True)
class Report:
    """An event's checklist."""

    occurrence: str
    """The occurrence's id."""
    title: str
    """The event's title."""
    venue: str
    """The venue's id."""
    starts_at: datetime
    """UTC: its planned start."""
    opens_at: datetime
    """UTC: its first cue."""
    checks: tuple[Check, ...]
    """In the order in which they matter."""

    @property
    def ready(self) -> bool:
        """Whether nothing keeps it from going on air."""
        return all(check.state != "no" for check in self.checks)


def judge(span: Span, facts: Facts) -> Report:
    """The checklist of one occurrence."""
    checks = [
        *_service(facts),
        _schedule(facts),
        *_studio(span, facts),
        _slate(span, facts),
        _hub(facts),
        _disk(span, facts),
        *_disks(facts),
        *_destinations(span, facts),
        _clock(facts),
        *_venue(span, facts),
    ]
    occurrence = span.occurrence
    return Report(
        occurrence.id, occurrence.event.title, occurrence.event.venue, occurrence.start, span.opens, tuple(checks)
    )


def _service(facts: Facts) -> Iterator[Check]:
    if not facts.running:
        sentence = N_("The service isn't running, so nothing would happen. Start it with `orchestrator run`.")
        yield Check("service", "no", N_("Service"), sentence)


def _schedule(facts: Facts) -> Check:
    wrong = [problem for problem in facts.problems if problem.problem.code.startswith(("config.", "schedule."))]
    heading = N_("Schedule")
    if wrong:
        sentence = N_("The files have {count} errors; the last good ones are in force. Correct them in the schedule.")
        return Check("schedule", "no", heading, sentence, {"count": len(wrong)}, "/schedule")
    return Check("schedule", "ready", heading, N_("The files are in order."))


def _studio(span: Span, facts: Facts) -> Iterator[Check]:
    dos = [timed.cue.do for timed in span.cues]
    if not _uses_studio(span, dos):
        yield Check("studio", "ready", N_("Studio"), N_("This event is relayed whole and needs no studio."))
        return
    studio = facts.studios.get(span.venue.id)
    if studio is None or not studio.reachable:
        yield _no_studio(span, studio, facts)
        return
    yield Check("studio", "ready", N_("Studio"), N_("OBS {version} answers."), {"version": studio.version})
    yield _scenes(studio, dos)
    yield _sound(span, studio, dos)


def _no_studio(span: Span, studio: Studio | None, facts: Facts) -> Check:
    by_itself = studio is not None and studio.by_itself
    heading = N_("Studio")
    if by_itself and span.opens - facts.now > _LAUNCH and facts.running:
        sentence = N_("OBS isn't up yet; it starts by itself half an hour before the first cue.")
        return Check("studio", "later", heading, sentence)
    if by_itself and facts.running:
        sentence = N_("OBS is being started and doesn't answer yet. If this stays, look at the venue's page.")
    else:
        sentence = N_("OBS doesn't answer. Start OBS at the venue, with its WebSocket server turned on.")
    return Check("studio", "no", heading, sentence, href="/venues")


def _uses_studio(span: Span, dos: Iterable[Do]) -> bool:
    if span.ceremony.source is Source.STUDIO:
        return True
    return any(do.scene or do.mute is not None or do.text or do.show or do.hide for do in dos) or any(
        do.source is Source.STUDIO for do in dos
    )


def _scenes(studio: Studio, dos: Iterable[Do]) -> Check:
    heading, href = N_("Scenes"), "/venues"
    if studio.compared_at is None:
        return Check("scenes", "later", heading, N_("Not compared with the profile yet. Choose “Check now”."))
    needed = {do.scene for do in dos if do.scene}
    missing = sorted(needed & set(studio.missing_scenes))
    if missing:
        sentence = N_("OBS lacks scenes that the rundown needs: {names}. Build them on the venue's page.")
        return Check("scenes", "no", heading, sentence, {"names": ", ".join(missing)}, href)
    lacking = [*studio.missing_scenes, *studio.missing_inputs]
    if lacking:
        sentence = N_("OBS lacks parts of the venue's profile: {names}. Build them on the venue's page.")
        return Check("scenes", "warn", heading, sentence, {"names": ", ".join(lacking)}, href)
    if studio.changes:
        sentence = N_(
            "{count} things in OBS are not as the venue's profile says. If that isn't meant, build them anew."
        )
        return Check("scenes", "warn", heading, sentence, {"count": len(studio.changes)}, href)
    return Check("scenes", "ready", heading, N_("All scenes are there and as the venue's profile says."))


def _sound(span: Span, studio: Studio, dos: Iterable[Do]) -> Check:
    """An input that is muted now and that no cue opens stays muted on air."""
    heading = N_("Sound")
    inputs = [sound.name for sound in span.venue.audio]
    mutes = [do.mute for do in dos if do.mute is not None]
    silent = [name for name in inputs if name in studio.muted and not any(_opens(mute, name) for mute in mutes)]
    silent += [name for name in inputs if mutes and name not in silent and all(not _opens(m, name) for m in mutes)]
    if inputs and len(silent) == len(inputs):
        sentence = N_("Every microphone is muted and no cue opens one: {names}. Unmute it in OBS, or add `mute: none`.")
        return Check("sound", "no", heading, sentence, {"names": ", ".join(silent)}, "/venues")
    if silent:
        sentence = N_("Muted throughout, since no cue opens it: {names}. Unmute it in OBS if it is to be heard.")
        return Check("sound", "warn", heading, sentence, {"names": ", ".join(silent)}, "/venues")
    return Check("sound", "ready", heading, N_("No microphone stays muted by mistake."))


def _opens(mute: Mute, name: str) -> bool:
    return mute == "none" or (mute != "all" and name not in mute)


def _slate(span: Span, facts: Facts) -> Check:
    kind = facts.slates.get(span.venue.id)
    heading = N_("Slate for trouble")
    if kind == "own":
        return Check("slate", "ready", heading, N_("The studio's own picture is ready for times of trouble."))
    if kind == "drawn":
        return Check("slate", "ready", heading, N_("A plain picture is ready for times of trouble."))
    sentence = N_("There is no picture for times of trouble yet; it is drawn within a minute of the service's start.")
    return Check("slate", "warn", heading, sentence)


def _hub(facts: Facts) -> Check:
    wrong = [problem for problem in facts.problems if problem.problem.code.startswith("hub.")]
    heading = N_("Video hub")
    if wrong:
        return Check("hub", "no", heading, wrong[0].problem.template, wrong[0].problem.values)
    if not facts.running:
        return Check("hub", "later", heading, N_("It starts with the service."))
    return Check("hub", "ready", heading, N_("It runs."))


def _disk(span: Span, facts: Facts) -> Check:
    heading = N_("Room for recordings")
    short = facts.room.get(span.occurrence.id)
    if short is not None:
        return Check("disk", "no", heading, short.template, short.values)
    return Check("disk", "ready", heading, N_("There is room for this event and all before it."))


def _disks(facts: Facts) -> Iterator[Check]:
    """What is wrong with the recordings' disks besides their room."""
    for standing in facts.problems:
        problem = standing.problem
        if problem.code.startswith("storage.") and problem.code not in _ABOUT_ROOM:
            heading = problem.where or N_("Trouble now")
            name = ".".join(filter(None, ("trouble", problem.code, problem.where)))
            yield Check(name, "warn", heading, problem.template, problem.values)


def _destinations(span: Span, facts: Facts) -> Iterator[Check]:
    if not any(timed.cue.do.stream for timed in span.cues):
        yield Check("destinations", "ready", N_("Destinations"), N_("This event is only recorded."))
        return
    names = span.occurrence.event.destinations
    if not names:
        sentence = N_("The event has no destination, so nobody would see it. Choose one in the schedule.")
        yield Check("destinations", "no", N_("Destinations"), sentence, href="/schedule")
    for name in names:
        target = facts.targets.get(name)
        if target is not None:
            yield _destination(name, target, facts)


def _destination(name: str, target: Target, facts: Facts) -> Check:
    state, sentence, words = _of_target(target, facts)
    return Check(f"destination.{name}", state, target.name, sentence, words, "/destinations")


def _of_target(target: Target, facts: Facts) -> tuple[State, str, Words]:
    if target.live:
        return "ready", N_("It is being fed now."), _NO_WORDS
    if not target.has_key:
        return "no", N_("There is no stream key. Put it in on the destinations' page."), _NO_WORDS
    if target.reached is not None and target.reached in _UNREACHED:
        return "no", _UNREACHED[target.reached], _NO_WORDS
    trial = target.trial
    if trial is not None and facts.now - trial.at < _FRESH:
        return _TRIALS[trial.outcome], _TRIED[trial.outcome], {"at": trial.at}
    if target.reached is None:
        return "later", N_("Not tried yet. Choose “Check now”."), _NO_WORDS
    return "warn", _untried(target.trial), _NO_WORDS


def _untried(trial: Trial | None) -> str:
    if trial is None:
        return N_("It can be reached; whether it takes the key is not known. Try the key on the destinations' page.")
    return N_("It can be reached; its key was last tried over a day ago. Try it again on the destinations' page.")


_UNREACHED: Mapping[str, str] = {
    "name": N_("Its address can't be found. Check the internet connection and the url in destinations.yaml."),
    "unreachable": N_("It can't be reached. Check the internet connection; a firewall may close its port."),
    "certificate": N_("What answers can't prove to be it. Check the clock of this machine and the office's network."),
    "silent": N_("It takes the connection and says nothing. Check the url in destinations.yaml."),
}
_TRIED: Mapping[str, str] = {
    "accepted": N_("It took the key at {at}."),
    "refused": N_("It refused the key at {at}. Replace the key on the destinations' page."),
    "busy": N_("Its key was in use at {at}, perhaps by a connection that had broken off. Try it again in a minute."),
    "unreachable": N_("It couldn't be reached at {at}. Check the internet connection."),
    "name": N_("Its address couldn't be found at {at}. Check the internet connection."),
    "format": N_("It couldn't take the picture's or the sound's format at {at}. Check the venue's video settings."),
    "dropped": N_("It broke the connection off at {at}. Try the key again; if that stays, the uplink is too weak."),
    "stalled": N_("It took too little at {at}. Try the key again; if that stays, the uplink is too slow."),
    "failed": N_("The trial at {at} failed for an unknown reason. Try the key again."),
}
_TRIALS: Mapping[str, State] = {
    "accepted": "ready",
    "refused": "no",
    "busy": "warn",
    "unreachable": "no",
    "name": "no",
    "format": "no",
    "dropped": "warn",
    "stalled": "warn",
    "failed": "warn",
}


def _clock(facts: Facts) -> Check:
    heading = N_("Clock")
    if facts.clock_in_step is None:
        sentence = N_("Whether this machine's clock follows a time server can't be told here. Compare it with another.")
        return Check("clock", "warn", heading, sentence)
    if not facts.clock_in_step:
        sentence = N_("This machine's clock follows no time server. Turn that on: timedatectl set-ntp true.")
        return Check("clock", "warn", heading, sentence)
    return Check("clock", "ready", heading, N_("It follows a time server."))


def _venue(span: Span, facts: Facts) -> Iterator[Check]:
    """What stands wrong at the venue besides what has a line of its own."""
    for standing in facts.at_venues.get(span.venue.id, ()):
        problem = standing.problem
        if not problem.code.startswith(("destination.", "obs.missing")):
            yield Check(
                f"trouble.{problem.code}", "warn", N_("Trouble now"), problem.template, problem.values, "/venues"
            )
