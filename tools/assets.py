"""Draws profiles/assets/*.png from the drawings in profiles/assets/sources: `python -m tools.assets`."""

from __future__ import annotations

import subprocess
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "profiles" / "assets"


def draw(drawing: Path, picture: Path) -> None:
    """Make a PNG of an SVG drawing, in its own size; Debian's ffmpeg reads both."""
    smaller = ["-pred", "mixed", "-compression_level", "9"]
    argv = ["ffmpeg", "-v", "error", "-y", "-i", str(drawing), "-frames:v", "1", *smaller, "-update", "1", str(picture)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    """Draw every picture anew."""
    for drawing in sorted((ASSETS / "sources").glob("*.svg")):
        draw(drawing, ASSETS / f"{drawing.stem}.png")


if __name__ == "__main__":
    main()
