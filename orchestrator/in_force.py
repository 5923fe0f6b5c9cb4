"""A copy of the files as they were when all of them was in force.

A service that begins with it after a restart, and then reads the files as they are now, finds what is on the air as it
was, whatever was done to the files meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestrator.files import write_whole

_SECRETS = "secrets.env"


class FilesInForce:
    """The copy.

    Args:
        folder: Where it lies; made when it is needed.
        schedule: The schedule's file.
        profiles: The folder of profiles.
    """

    def __init__(self, folder: Path, schedule: Path, profiles: Path) -> None:
        self._folder = folder
        self._of_schedule = schedule
        self._of_profiles = profiles
        self.schedule = folder / "schedules.yaml"
        """The copied schedule."""
        self.profiles = folder / "profiles"
        """The copied profiles; the secrets are those of the real ones, and are not copied."""

    def differs(self) -> bool:
        """Whether there is a copy, and the files are others by now, or can't be read."""
        if not self.schedule.exists():
            return False
        try:
            return self._texts(self.schedule, self.profiles) != self._now()
        except OSError:
            return True

    def keep(self) -> None:
        """Copy the files as they are now.

        Raises:
            OSError: they can't be read, or the copy can't be written; then there is none, or the one before.
        """
        texts = self._now()
        aside = self._folder.with_name(f".{self._folder.name}.new")
        shutil.rmtree(aside, ignore_errors=True)
        copy = FilesInForce(aside, self._of_schedule, self._of_profiles)
        for name, text in texts.items():
            write_whole(copy.profiles / name if name else copy.schedule, text.decode())
        secrets = self._of_profiles / _SECRETS
        if secrets.exists():
            (copy.profiles / _SECRETS).symlink_to(secrets.absolute())
        shutil.rmtree(self._folder, ignore_errors=True)
        aside.replace(self._folder)

    def _now(self) -> dict[str, bytes]:
        return self._texts(self._of_schedule, self._of_profiles)

    def _texts(self, schedule: Path, profiles: Path) -> dict[str, bytes]:
        """Every file's text by its name in the profiles; the schedule's is empty."""
        found = {path.relative_to(profiles).as_posix(): path.read_bytes() for path in _yaml(profiles)}
        return {**found, "": schedule.read_bytes()}


def _yaml(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.yaml")) if path.is_file())
