"""The files that the project ships: usable as they are, and safe to show to anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.model import SceneItem
from tests.profiles.conftest import PROFILES, ROOT, SCHEDULE, secret_names

FILES = [SCHEDULE, *sorted(PROFILES.glob("*.yaml")), *sorted(PROFILES.glob("*/*.yaml"))]
KINDS = {"venues": "venue", "ceremonies": "ceremony"}
STANDING = ("Segera Dimulai", "Jeda", "Gangguan Teknis", "Penutup", "Teks Nama")


def items(configuration: Configuration) -> Iterator[SceneItem]:
    for venue in configuration.venues.values():
        for scene in venue.scenes.values():
            yield from scene


def test_everything_is_in_order(shipped: Configuration) -> None:
    """The shipped schedule and profiles pass the check whole."""
    assert set(shipped.venues) == {"gedung-daerah", "kantor-gubernur-lt4", "aula-wan-seri-beni", "graha-kepri"}
    assert {"flag-raising", "flag-lowering", "palace-relay", "video-conference", "apel"} <= set(shipped.ceremonies)
    assert {"inauguration", "press-conference"} <= set(shipped.ceremonies)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_editor_finds_the_schema(path: Path) -> None:
    """Each file's first line leads an editor to the schema of its kind."""
    kind = KINDS.get(path.parent.name, path.stem)
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert found is not None
    assert (path.parent / found[1]).resolve() == PROFILES / "schemas" / f"{kind}.schema.json"


def test_every_secret_is_explained() -> None:
    """Each secret that the files refer to stands in secrets.env.example, and none that nobody needs."""
    used = set()
    for file in FILES:
        lines = file.read_text(encoding="utf-8").splitlines()
        used |= {name for line in lines if not line.startswith("#") for name in re.findall(r"\$\{(\w+)\}", line)}
    assert used == set(secret_names())


def test_studios_share_a_machine(shipped: Configuration) -> None:
    """Two venues on one machine never meet on one OBS port."""
    ports = [(venue.studio.host, venue.studio.port) for venue in shipped.venues.values()]
    assert len(set(ports)) == len(ports)


def test_standing_scenes_are_alike_everywhere(shipped: Configuration) -> None:
    """Waiting, break, trouble and closing pictures are the same from every venue, but for the place's name."""

    def look(venue: str, scene: str) -> list[SceneItem]:
        return [item for item in shipped.venues[venue].scenes[scene] if not item.name.startswith("Tempat")]

    for scene in STANDING:
        for venue in shipped.venues:
            assert look(venue, scene) == look("gedung-daerah", scene), (venue, scene)


def test_places_are_named(shipped: Configuration) -> None:
    """The waiting and the break picture say which venue they come from."""
    for venue in shipped.venues.values():
        for scene in ("Segera Dimulai", "Jeda"):
            assert venue.name in {item.value for item in venue.scenes[scene] if item.name.startswith("Tempat")}


def test_texts_stay_inside_the_safe_area(shipped: Configuration) -> None:
    """No lettering comes nearer to an edge of the picture than five percent."""
    for item in items(shipped):
        if item.kind not in {"text", "countdown"}:
            continue
        x, y, width, height = (float(str(item.options[key])) for key in ("x", "y", "width", "height"))
        assert x >= 96, item
        assert y >= 54, item
        assert x + width <= 1824, item
        assert y + height <= 1026, item


def test_lettering_is_legible_on_a_phone(shipped: Configuration) -> None:
    """No letter is smaller than 3.5 percent of the picture's height."""
    sizes = {item.name: int(str(item.options["size"])) for item in items(shipped) if item.kind in {"text", "countdown"}}
    assert min(sizes.values()) >= 38, sizes


def test_pictures_are_there_and_small(shipped: Configuration) -> None:
    """Every picture that a scene shows comes with the project, all of them in under 200 kB."""
    pictures = {PROFILES / item.value for item in items(shipped) if item.kind == "image"}
    assert pictures
    assert sum(picture.stat().st_size for picture in pictures) < 200_000


def test_no_camera_is_a_real_one() -> None:
    """Addresses of cameras and relays are private or for documentation only."""
    for file in FILES:
        for host in re.findall(r"(?:rtsp|rtmp|srt)://([\d.]+)", file.read_text(encoding="utf-8")):
            assert host.startswith(("10.", "192.0.2.")), (file, host)
