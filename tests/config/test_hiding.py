"""A schedule's text as it may be shown, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config.hiding import hidden, hidden_line, revealed

SHIPPED = (Path(__file__).parents[2] / "schedules.yaml").read_text()
TEXT = """\
events:
  - {id: a, relay: "srt://sari:geheim@192.0.2.1:9000?passphrase=kunci"}   # istana
  - id: b
    relay: rtmp://192.0.2.2/live/kunci
    details: {tautan: "https://example.org/siaran"}
  - {id: c, relay: rtmp://192.0.2.2/live/rahasia}
"""
SHOWN = """\
events:
  - {id: a, relay: srt://192.0.2.1:9000/…}   # istana
  - id: b
    relay: rtmp://192.0.2.2/…
    details: {tautan: "https://example.org/siaran"}
  - {id: c, relay: rtmp://192.0.2.2/…}
"""


def test_of_relays_only_scheme_host_and_port_are_shown() -> None:
    """A text is shown as it is written, but for what must not be seen."""
    assert hidden(TEXT) == SHOWN
    assert hidden(SHIPPED).count("rtmp://192.0.2.20/…") == 3


@pytest.mark.parametrize("text", [TEXT, SHIPPED])
def test_what_was_shown_and_comes_back_is_whole_again(text: str) -> None:
    """A file that was downloaded, edited and uploaded keeps the addresses that it didn't show."""
    back = revealed(hidden(text).replace("HUT", "Hari Jadi"), text)
    assert [line.split("#")[0].replace('"', "").replace("'", "") for line in back.splitlines()] == [
        line.split("#")[0].replace('"', "").replace("'", "") for line in text.replace("HUT", "Hari Jadi").splitlines()
    ]


def test_an_address_goes_to_no_other_event() -> None:
    """What is cut stays cut where the text that it came from knows no such address: it is refused then."""
    assert "kunci" not in revealed(SHOWN.replace("id: b", "id: x"), TEXT).split("id: x")[1].split("id: c")[0]
    assert (
        revealed("events: [{id: b, relay: rtmp://192.0.2.9/…}]", TEXT) == "events: [{id: b, relay: rtmp://192.0.2.9/…}]"
    )


def test_a_text_that_cannot_be_read_shows_no_address_either() -> None:
    """Lines of a broken file are shown with every address cut."""
    broken = TEXT + "  - [\n"
    assert "kunci" not in hidden(broken)
    assert "geheim" not in hidden(broken)
    assert revealed(broken, TEXT) == broken
    assert hidden("[" * 200_000).startswith("[[")
    assert hidden_line('relay: "rtmp://h/kunci" # x') == 'relay: "rtmp://h/…" # x'
