"""Draws profiles/assets/*.png from the drawings in profiles/assets/sources: `python -m tools.assets`."""

from __future__ import annotations

import subprocess
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "profiles" / "assets"


def main() -> None:
    """Draw every picture anew; Debian's ffmpeg reads SVG."""
    for drawing in sorted((ASSETS / "sources").glob("*.svg")):
        picture = ASSETS / f"{drawing.stem}.png"
        smaller = ["-pred", "mixed", "-compression_level", "9"]
        argv = [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-i",
            str(drawing),
            "-frames:v",
            "1",
            *smaller,
            "-update",
            "1",
            str(picture),
        ]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
