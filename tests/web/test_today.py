"""What the day's page offers an operator, and what it says will come of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from html import unescape
from types import MappingProxyType

import httpx
import pytest

from orchestrator.plan.model import Anchor, Ceremony, ChangeKind, Event, StartSpec
from orchestrator.plan.state import state_at
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import CEREMONY, NOW, a_venue


def an_event(desk: FakeDesk, identifier: str, begins: StartSpec, length: timedelta, venue: str = VENUE) -> None:
    """One more event of the fake station."""
    configuration = desk.configuration()
    cues = tuple(cue for cue in CEREMONY.cues if cue.at.anchor is not Anchor.CLOCK)
    ceremonies = {**configuration.ceremonies, "apel": Ceremony("apel", "Apel", cues)}
    zone = configuration.venues[venue].timezone
    event = Event(identifier, identifier.title(), "apel", venue, zone, begins, length, destinations=("youtube",))
    desk._configuration = replace(
        configuration, events=(*configuration.events, event), ceremonies=MappingProxyType(ceremonies)
    )


def button(text: str, deed: str) -> dict[str, str]:
    """The data of the first button that does a thing."""
    found = re.search(rf'<button[^>]*data-deed="{deed}"[^>]*>', text)
    assert found, deed
    return {name: unescape(value) for name, value in re.findall(r'data-([\w-]+)="([^"]*)"', found[0])}


def home(desk: FakeDesk, client: httpx.Client) -> str:
    desk.publish(venues=on_air(desk))
    return client.get("/?lang=en").text


@pytest.mark.parametrize(("deed", "field"), [("stop", "destinations"), ("slate", "source"), ("sound", "mute")])
def test_what_is_done_by_hand_leaves_the_next_event_alone(
    desk: FakeDesk, client: httpx.Client, deed: str, field: str
) -> None:
    """A stream that was ended, a slate and a sound switched in the morning don't spoil the evening's ceremony."""
    an_event(desk, "penurunan", StartSpec(date(2027, 8, 17), time(17, 15)), timedelta(hours=1))
    evening = NOW + timedelta(hours=10)
    wanted = getattr(state_at(desk.timeline(), VENUE, evening), field)
    made = button(home(desk, client), deed)
    value = made["value"] == "true" if made["field"] == "stream" else made["value"]
    asked = {"kind": made["kind"], "target": VENUE, "field": made["field"], "value": value, "until": made["until"]}
    assert client.post("/api/v1/changes", json=asked).status_code == 201
    later = NOW + timedelta(minutes=30)
    assert getattr(state_at(desk.timeline(), VENUE, later), field) != getattr(
        state_at(desk.timeline(), VENUE, later, by_hand=False), field
    )
    assert getattr(state_at(desk.timeline(), VENUE, evening), field) == wanted
    assert "until the next event" in home(desk, client)


def test_giving_back_says_that_the_stream_begins_again(desk: FakeDesk, client: httpx.Client) -> None:
    """Back to automation asks first where it would put something on the air again, and else doesn't."""
    desk.change(ChangeKind.TAKE, "sari", VENUE, field="scene", value="Penutup")
    assert "ask" not in button(home(desk, client), "release")
    desk.change(ChangeKind.TAKE, "sari", VENUE, field="stream", value=False)
    assert button(home(desk, client), "release")["ask"] == "The stream to YouTube Pemprov begins again."


def test_a_stream_that_was_ended_is_not_said_to_be_still_to_come(desk: FakeDesk, client: httpx.Client) -> None:
    """After the end of the stream a card says so, and doesn't let its operator wait for it to go live."""
    desk.change(ChangeKind.TAKE, "sari", VENUE, field="stream", value=False)
    desk.publish(venues=on_air(desk, stream={"youtube": "off"}))
    text = client.get("/?lang=en").text
    assert "Stream ended" in text
    assert "Not live yet" not in text


def test_an_event_without_destinations_is_not_waited_for(desk: FakeDesk, client: httpx.Client) -> None:
    """A ceremony that is only recorded says so: nobody waits for it to go live."""
    configuration = desk.configuration()
    event = replace(configuration.events[0], destinations=())
    desk._configuration = replace(configuration, events=(event,))
    desk.publish(venues=on_air(desk, stream={}))
    assert "Without a stream" in client.get("/?lang=en").text


def test_skipping_asks_where_stream_recording_or_sound_hang_on_it(desk: FakeDesk, client: httpx.Client) -> None:
    """Nobody leaves out by a slip the cue that begins the stream; one that only shows something goes without asking."""
    assert "ask" not in button(home(desk, client), "skip")
    desk.clock.step(-25 * 60)
    assert button(home(desk, client), "skip")["ask"].startswith("Without “Tayang” the stream doesn't begin.")
    rundown = client.get("/rundown/penaikan?lang=en").text
    assert "Without “Mulai” the sound isn't switched." in unescape(rundown)


def test_a_go_before_its_turn_asks(desk: FakeDesk, client: httpx.Client) -> None:
    """GO for the next cue is given at once; one that would pass over a cue to come says so first."""
    assert "ask" not in button(home(desk, client), "go")
    desk.clock.step(-25 * 60)
    assert button(home(desk, client), "go")["ask"].startswith("“Bendera” happens now, although “Tayang” comes before")


def test_an_event_of_many_days_leaves_today_its_width(desk: FakeDesk, client: httpx.Client) -> None:
    """The day's line stays a day long; what lasts for weeks is told with its dates."""
    an_event(desk, "mtq", StartSpec(date(2027, 8, 10), time(7)), timedelta(days=60), "graha-kepri")
    text = home(desk, client)
    since, until = (datetime.fromisoformat(re.findall(rf'data-{end}="([^"]+)"', text)[0]) for end in ("since", "until"))
    assert until - since <= timedelta(hours=34)
    assert "10 Aug 07:00 – 9 Oct 07:00" in text  # noqa: RUF001 - the dash that is shown


def test_times_are_told_in_the_venues_zone(desk: FakeDesk, client: httpx.Client) -> None:
    """A bar of a venue in another zone than the station's has its own time and says in which zone that is."""
    configuration = desk.configuration()
    makassar = replace(a_venue("karebosi", "Karebosi"), timezone="Asia/Makassar")
    desk._configuration = replace(
        configuration, venues=MappingProxyType({**configuration.venues, "karebosi": makassar})
    )
    an_event(desk, "upacara", StartSpec(date(2027, 8, 17), time(8, 30)), timedelta(minutes=50), "karebosi")
    text = home(desk, client)
    assert "Upacara, 08:30–09:20 WITA, Karebosi" in text  # noqa: RUF001
    assert "Penaikan Bendera, 07:30–08:20, Gedung Daerah" in text  # noqa: RUF001


def test_an_operator_is_warned_before_the_end(desk: FakeDesk, client: httpx.Client) -> None:
    """Ten and five minutes before an event ends by itself its card says so, with fifteen minutes more at one tap."""
    assert "left." not in home(desk, client)
    desk.clock.step(31 * 60)
    assert "Less than 10 minutes left." in home(desk, client)
    desk.clock.step(5 * 60)
    text = home(desk, client)
    assert "Less than 5 minutes left." in text
    more = button(text[text.index("Less than") :], "extend")
    assert (more["value"], more.get("shortcut")) == ("900", None)
    desk.change(ChangeKind.EXTEND, "sari", VENUE, "penaikan", value=900)
    assert "left." not in home(desk, client)


def test_what_an_overrun_takes_from_others_is_shown(desk: FakeDesk, client: httpx.Client) -> None:
    """An event that has to wait for one that runs over, or can't take place, is named on that one's card."""
    day = date(2027, 8, 17)
    an_event(desk, "pelantikan", StartSpec(day, time(9)), timedelta(minutes=50))
    an_event(desk, "konferensi", StartSpec(day, time(8, 35)), timedelta(minutes=20), "graha-kepri")
    assert "this event" not in home(desk, client)
    desk.change(ChangeKind.EXTEND, "sari", VENUE, "penaikan", value=1800)
    text = home(desk, client)
    assert "“Pelantikan” begins only at 08:50: until then this event has the venue." in text
    assert "“Konferensi” at Graha Kepri &lt;Batam&gt; wants YouTube Pemprov from 08:25 on" in text
    desk.change(ChangeKind.EXTEND, "sari", VENUE, "penaikan", value=3600 * 2)
    assert "“Pelantikan” can't take place" in unescape(home(desk, client))


def test_a_cancelled_event_keeps_its_planned_time(desk: FakeDesk, client: httpx.Client) -> None:
    """An event that was cancelled hours before is told with the times that it would have had."""
    an_event(desk, "pelantikan", StartSpec(date(2027, 8, 17), time(11)), timedelta(minutes=50))
    desk.change(ChangeKind.CANCEL, "sari", VENUE, "pelantikan")
    assert "11:00–11:50 WIB" in client.get("/rundown/pelantikan?lang=en").text  # noqa: RUF001


def test_a_held_rundown_promises_no_times(desk: FakeDesk, client: httpx.Client) -> None:
    """While a rundown is held its card gives no cue a time: each would be too early by the length of the hold."""
    assert "08:20:00" in re.findall(r'<ol class="then".*?</ol>', home(desk, client), re.DOTALL)[0]
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    (then,) = re.findall(r'<ol class="then".*?</ol>', home(desk, client), re.DOTALL)
    assert "held" in then
    assert not re.search(r"\d\d:\d\d", then)


@pytest.mark.parametrize(("left", "said"), [(11, None), (10, "10"), (6, "10"), (5, "5"), (1, "5")])
def test_an_end_that_comes_by_itself_is_told_wherever_the_event_is(
    desk: FakeDesk, client: httpx.Client, left: int, said: str | None
) -> None:
    """Ten and five minutes before it the day's page and the rundown ask, and the wall says so with nothing to press."""
    desk.clock.step(60 * (40 - left))
    home(desk, client)
    for address, asks in (("/", True), ("/rundown/penaikan", True), ("/wall", False)):
        text = client.get(f"{address}?lang=en").text
        assert (f"Less than {said} minutes left." in text) == (said is not None), address
        assert ("Less than" in text) == (said is not None), address
        assert ("Yes, 15 minutes more" in text) == (asks and said is not None), address


def test_what_is_held_ends_later_by_as_much(desk: FakeDesk, client: httpx.Client) -> None:
    """The end that is shown moves while an operator holds the event: on its card, its rundown, the wall and the day."""
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    for minutes, end in ((0, "08:20"), (7, "08:27"), (3, "08:30")):
        desk.clock.step(60 * minutes)
        home(desk, client)
        for address in ("/", "/rundown/penaikan", "/wall"):
            text = client.get(f"{address}?lang=en").text
            assert f"07:30\N{EN DASH}{end}" in text, address
            assert ("planned until 08:20" in text) == (end != "08:20" and address != "/wall"), address
    desk.change(ChangeKind.RESUME, "sari", VENUE, "penaikan")
    desk.clock.step(60)
    assert "07:30\N{EN DASH}08:30" in home(desk, client)
