"""The station of `station.py` as files, for what reads and writes those."""

from __future__ import annotations

from pathlib import Path

STATION = "name: Humas Kepri\ntimezone: Asia/Jakarta\nlanguage: id\nweb: {port: 8099}\n"
DESTINATIONS = """\
youtube: {name: YouTube Pemprov, url: "rtmp://127.0.0.1/live", key: kunci-rahasia, max_duration: 12h}
facebook: {name: Facebook Pemprov, url: "rtmp://127.0.0.1/fb", key: kunci-lain, max_duration: 8h}
"""
VENUE = """\
name: {name}
timezone: Asia/Jakarta
latitude: 0.9289
longitude: 104.443
studio: {{port: {port}, password: rahasia-obs, launch: never}}
audio: {{Mimbar: {{input: pulse}}}}
scenes:
  Lapangan Lebar: [{{color: "#333333", name: Dasar}}, {{text: Judul, name: Judul}}]
  Penutup: [{{color: "#000000", name: Hitam}}]
"""
FLAG_RAISING = """\
name: Upacara Penaikan Bendera
cues:
  - {id: tunggu, at: start-20m, do: {scene: Penutup, mute: all, record: true}}
  - {id: tayang, at: start-10m, do: {stream: true}}
  - {id: mulai, at: start, do: {scene: Lapangan Lebar, mute: [Mimbar]}}
  - {id: bendera, at: go, latest: start+12m, lock: true, do: {scene: Penutup}}
  - {id: selesai, at: end, do: {stream: false, record: false}}
"""
PRESS = """\
name: Konferensi Pers
cues:
  - {id: rekam, at: start-5m, do: {scene: Penutup, mute: all, record: true, stream: true}}
  - {id: narasumber, at: start, do: {scene: Lapangan Lebar, mute: none, text: {Judul: "{narasumber} · {jabatan}"}}}
  - {id: selesai, at: end, do: {stream: false, record: false}}
"""
RELAY = """\
name: Relai
source: relay
cues:
  - {id: mulai, at: start, do: {stream: true, record: true}}
  - {id: selesai, at: end, do: {stream: false, record: false}}
"""
SCHEDULE = """\
# Jadwal siaran Humas
events:
  # ---- 17 Agustus ----
  - id: penaikan
    title: Penaikan Bendera
    ceremony: flag-raising
    venue: gedung-daerah
    start: 2027-08-17 07:30
    duration: 50m            # termasuk doa
    destinations: [youtube]

  # Setiap Senin
  - id: apel
    title: Apel Pagi
    ceremony: flag-raising
    venue: graha-kepri
    start: 2027-08-02 07:30
    duration: 45m
    destinations: [facebook]
    repeat:
      rrule: FREQ=WEEKLY;BYDAY=MO
      until: 2027-12-27
      except:
        - 2027-08-30         # cuti bersama
"""


def write_station(root: Path) -> tuple[Path, Path]:
    """Write all files; the schedule's, and the folder of profiles."""
    profiles = root / "profiles"
    for folder in ("venues", "ceremonies"):
        (profiles / folder).mkdir(parents=True)
    (profiles / "station.yaml").write_text(STATION)
    (profiles / "destinations.yaml").write_text(DESTINATIONS)
    for port, (venue, name) in enumerate(
        {"gedung-daerah": "Gedung Daerah", "graha-kepri": "Graha Kepri <Batam>"}.items()
    ):
        (profiles / "venues" / f"{venue}.yaml").write_text(VENUE.format(name=name, port=4455 + port))
    for ceremony, text in {"flag-raising": FLAG_RAISING, "press-conference": PRESS, "relay": RELAY}.items():
        (profiles / "ceremonies" / f"{ceremony}.yaml").write_text(text)
    schedule = root / "schedules.yaml"
    schedule.write_text(SCHEDULE)
    return schedule, profiles
