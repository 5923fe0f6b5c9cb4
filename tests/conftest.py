from __future__ import annotations

import gc

_MADE_UNTIL_COLLECTED = 20_000
"""Objects that are made until Python looks for those that only hold each other; 700 where nobody says."""


def pytest_collection_finish() -> None:
    """What all modules made stays: to look through it for garbage again and again took a sixth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_UNTIL_COLLECTED, *gc.get_threshold()[1:])
