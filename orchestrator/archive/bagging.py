"""A program of its own: makes a folder a BagIt bag. The library changes the working directory, so not in the service.

Called as `python -m orchestrator.archive.bagging FOLDER` with the bag's information as a JSON object on stdin.
"""

from __future__ import annotations

import json
import logging
import sys

import bagit


def main() -> int:
    """Bag the folder; 0 where that is done."""
    logging.disable(logging.CRITICAL)
    try:
        bagit.make_bag(sys.argv[1], json.load(sys.stdin), checksums=["sha256"])
    except (bagit.BagError, OSError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
