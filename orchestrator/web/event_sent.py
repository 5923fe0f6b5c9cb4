"""An event's form as a browser sends it, as names and values in order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from orchestrator.web.event_form import ARCHIVE, EventForm, clock_text, detail_name
from orchestrator.web.repeating import DAYS, kind_of

_MOST = 200
"""How many values of one name are read."""
_SINGLE = tuple(each.name for each in fields(EventForm) if isinstance(each.default, str))
_FLAGS = tuple(each.name for each in fields(EventForm) if each.default is False)


def read(sent: Sequence[tuple[str, str]]) -> EventForm:
    """The form that a browser has sent, as names and values in order."""
    values: dict[str, list[str]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def one(name: str) -> str:
        return values.get(name, [""])[0].strip()

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value.strip() for value in values.get(name, [])[:_MOST] if value.strip()))

    start, length = one("start"), one("length")
    return EventForm(
        base=one("base"),
        event=one("event"),
        id=one("id"),
        title=one("title"),
        ceremony=one("ceremony"),
        venue=one("venue"),
        date=one("date"),
        start=start if start in {"sunrise", "sunset"} else "clock",  # type: ignore[arg-type]
        time=clock_text(one("time")),
        side="after" if one("side") == "after" else "before",
        offset=one("offset"),
        length="end" if length == "end" else "duration",
        hours=one("hours"),
        minutes=one("minutes"),
        end=clock_text(one("end")),
        end_date=one("end_date"),
        dated=one("dated") == "true",
        repeat=kind_of(one("repeat")),
        every=one("every") or "1",
        weekdays=tuple(day for day in DAYS if day in several("weekday")),
        rule=one("rule"),
        until=one("until"),
        exclude=several("except"),
        also=several("also"),
        destinations=several("destination"),
        details=_details(values),
        relay=one("relay"),
        no_relay=one("no_relay") == "true",
        overrun=one("overrun"),
        archive={name: one(f"archive.{name}") for name in ARCHIVE if one(f"archive.{name}")},
        timezone=one("timezone"),
        disabled=one("disabled") == "true",
    )


def pairs(form: EventForm) -> list[tuple[str, str]]:
    """The other way: what a browser sends to give the same form again."""
    single = {name: getattr(form, name) for name in _SINGLE}
    found = [*single.items(), *((name, "true") for name in _FLAGS if getattr(form, name))]
    for name, kept in (
        ("weekday", form.weekdays),
        ("except", form.exclude),
        ("also", form.also),
        ("destination", form.destinations),
    ):
        found += [(name, value) for value in kept]
    found += [(f"detail.{name}", text) for name, text in form.details.items()]
    found += [(f"archive.{name}", text) for name, text in form.archive.items()]
    return [(name, value) for name, value in found if value]


def _details(values: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Details by their names, and those that were given a name in the form."""
    found = {
        name.removeprefix("detail."): texts[0].strip()
        for name, texts in values.items()
        if name.startswith("detail.") and texts[0].strip()
    }
    for label, text in zip(values.get("extra-name", ()), values.get("extra-text", ()), strict=False):
        if text.strip() and (name := detail_name(label)):
            found[name] = text.strip()
    return found
