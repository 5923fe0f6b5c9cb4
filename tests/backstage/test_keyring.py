from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from orchestrator.devices.media import trial
from orchestrator.devices.media.trial import Result
from orchestrator.errors import RefusedError
from orchestrator.plan.model import Destination, VenueState
from orchestrator.plan.secret import Secret
from orchestrator.status import Observed, VenueStatus
from tests.fakes.desk import FakeDesk

YAML = """
youtube: {name: YouTube Pemprov, url: "rtmp://x/live", key: "${YOUTUBE_KEY}"}
cadangan: {name: Cadangan, url: "rtmp://y/live", key: "${YOUTUBE_KEY}"}
facebook: {name: Facebook, url: "rtmp://z/live", key: "${FACEBOOK_KEY}"}
"""
NEW = "baru-5678-abcd-9999"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    """A station whose two first destinations share a key."""
    made = FakeDesk(tmp_path)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/destinations.yaml").write_text(YAML)
    secrets = tmp_path / "profiles/secrets.env"
    secrets.write_text("YOUTUBE_KEY=lama-1234-efgh-0000\nFACEBOOK_KEY=fb-1234-5678-1111\n")
    secrets.chmod(0o600)
    old, other = Secret("lama-1234-efgh-0000"), Secret("fb-1234-5678-1111")
    destinations = {
        "youtube": Destination("youtube", "YouTube Pemprov", Secret("rtmp://x/live"), old),
        "cadangan": Destination("cadangan", "Cadangan", Secret("rtmp://y/live"), old),
        "facebook": Destination("facebook", "Facebook", Secret("rtmp://z/live"), other),
    }
    made._configuration = replace(made._configuration, destinations=MappingProxyType(destinations))
    return made


def key_of(desk: FakeDesk, name: str) -> str:
    return desk.configuration().destinations[name].key.reveal()


def fed(desk: FakeDesk, name: str, word: str) -> None:
    observed = Observed(stream={name: word})
    desk.publish(venues={"gedung-daerah": VenueStatus("gedung-daerah", VenueState(), observed)})


def test_a_replaced_key_is_in_force_at_once(desk: FakeDesk, caplog: pytest.LogCaptureFixture) -> None:
    """The next push has the new key, wherever that secret is used; it is audited and never logged."""
    caplog.set_level(logging.DEBUG)
    desk.backstage.keys.replace("youtube", f" {NEW} ", "sari")
    assert [key_of(desk, name) for name in ("youtube", "cadangan")] == [NEW, NEW]
    assert key_of(desk, "facebook") == "fb-1234-5678-1111"
    ((destinations, restarted),) = desk.feeders[0].told
    assert (destinations["youtube"].key.reveal(), restarted) == (NEW, ())
    lines = [(line.who, line.action, line.subject) for line in desk.catalogue.audit.between()]
    assert lines == [("sari", "key.replaced", "cadangan"), ("sari", "key.replaced", "youtube")]
    assert NEW not in caplog.text
    assert desk.backstage.keys.keys()["youtube"].shown == "••••••••9999"


def test_a_live_stream_is_restarted_only_when_asked(desk: FakeDesk) -> None:
    """Whoever replaces a key may say that the stream begins anew with it."""
    desk.backstage.keys.replace("youtube", NEW, "sari", restart=True)
    assert desk.feeders[0].told[-1][1] == ("cadangan", "youtube")


def test_two_who_replace_one_key_are_not_both_believed(desk: FakeDesk, tmp_path: Path) -> None:
    """The second is told who was faster, and when; theirs counts only if they send it once more, knowing that."""
    keys = desk.backstage.keys
    seen = keys.keys()["youtube"].seen
    shared = keys.keys()["cadangan"].seen
    assert "0000" in seen
    assert "lama" not in seen
    keys.replace("youtube", NEW, "sari", seen=seen)
    for name, mark in (("youtube", seen), ("cadangan", shared)):
        with pytest.raises(RefusedError, match=r"sari has replaced the key of .* at 07:40:00; it is •+9999 now"):
            keys.replace(name, "punya-budi-1234-8888", "budi", seen=mark)
    assert [key_of(desk, name) for name in ("youtube", "cadangan")] == [NEW, NEW]
    assert NEW in (tmp_path / "profiles/secrets.env").read_text()
    keys.replace("youtube", "punya-budi-1234-8888", "budi", seen=keys.keys()["youtube"].seen)
    assert key_of(desk, "youtube") == "punya-budi-1234-8888"


def test_a_key_that_was_edited_in_its_file_is_told(desk: FakeDesk) -> None:
    """Whoever replaces a key from an old page hears that the file has another by now."""
    keys = desk.backstage.keys
    seen = keys.keys()["facebook"].seen
    edited = {**desk.configuration().destinations}
    edited["facebook"] = replace(edited["facebook"], key=Secret("dari-berkas-1234-7777"))
    desk._configuration = replace(desk.configuration(), destinations=MappingProxyType(edited))
    with pytest.raises(RefusedError, match=r"was changed in secrets\.env since this page was opened; it is •+7777 now"):
        keys.replace("facebook", NEW, "sari", seen=seen)


def test_of_two_at_once_one_is_taken(desk: FakeDesk) -> None:
    """However close together they are sent, one replaces the key and every other is refused."""
    keys, seen = desk.backstage.keys, desk.backstage.keys.keys()["youtube"].seen
    done: list[bool] = []
    go = threading.Barrier(6)

    def send(number: int) -> None:
        go.wait()
        try:
            keys.replace("youtube", f"kunci-nomor-{number}-000{number}", f"admin{number}", seen=seen)
            done.append(True)
        except RefusedError:
            done.append(False)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]


def test_a_key_that_cannot_be_one_changes_nothing(desk: FakeDesk, tmp_path: Path) -> None:
    """A refused key leaves file and configuration as they were."""
    before = (tmp_path / "profiles/secrets.env").read_text()
    with pytest.raises(RefusedError):
        desk.backstage.keys.replace("youtube", "rtmp://a/b", "sari")
    with pytest.raises(RefusedError):
        desk.backstage.keys.replace("bulan", NEW, "sari")
    assert (tmp_path / "profiles/secrets.env").read_text() == before
    assert (desk.feeders[0].told, desk.catalogue.audit.between()) == ([], [])


def test_files_that_were_read_again_reach_the_feeders(desk: FakeDesk) -> None:
    """A destination whose address was edited is fed at the new one; nothing is told where nothing changed."""
    desk.backstage.keys.follow()
    known = len(desk.feeders[0].told)
    desk.backstage.keys.follow()
    assert len(desk.feeders[0].told) == known


@pytest.fixture
def slate(desk: FakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """There is a slate, and a push is refused; the names of destinations that were tried."""
    path = tmp_path / "run/gedung-daerah/slate.flv"
    path.parent.mkdir(parents=True)
    path.touch()
    monkeypatch.setattr(desk.backstage.keys, "_slate", lambda: path)
    tried: list[str] = []

    def push(_slate: Path, destination: Destination) -> Result:
        tried.append(destination.id)
        return Result("refused", 0.0)

    monkeypatch.setattr(trial, "push", push)
    return tried


def test_a_trial_is_kept_until_the_key_is_replaced(desk: FakeDesk, slate: list[str]) -> None:
    """What a trial found is known after a restart too; it says nothing about another key."""
    found = desk.backstage.keys.try_key("youtube", "sari")
    assert (found.outcome, slate) == ("refused", ["youtube"])
    kept = desk.backstage.keys.trial("youtube")
    assert kept == found
    assert desk.backstage.keys.trial("facebook") is None
    desk.backstage.keys.replace("youtube", NEW, "sari")
    assert desk.backstage.keys.trial("youtube") is None


@pytest.mark.parametrize("word", ["live", "connecting", "failed"])
def test_what_is_on_air_is_not_tried(desk: FakeDesk, slate: list[str], word: str) -> None:
    """A destination that is being fed is left alone."""
    fed(desk, "youtube", word)
    with pytest.raises(RefusedError, match="being fed"):
        desk.backstage.keys.try_key("youtube", "sari")
    desk.backstage.keys.try_key("facebook", "sari")
    assert slate == ["facebook"]


def test_without_a_slate_nothing_is_tried(desk: FakeDesk) -> None:
    """A trial needs something to send, and says so."""
    with pytest.raises(RefusedError, match="no picture to send"):
        desk.backstage.keys.try_key("youtube", "sari")
