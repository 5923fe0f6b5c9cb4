"""What whoever is connected to a modelled OBS has been told of its outputs: nobody can look at more than that."""

from __future__ import annotations


class Knowledge:
    """Since when it is known of each output's present run that it runs.

    It is told by the answer to the start that began it, by an event, and by a reading. A late event that says that an
    output has ended takes the knowledge back, and a new connection begins without any.
    """

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def forget(self) -> None:
        """Somebody else is connected."""
        self._since.clear()

    def told(self, key: str, runs: bool, second: float) -> None:
        """At a monotonic second it is known that an output runs, or that it doesn't."""
        if runs:
            self._since[key] = min(second, self._since.get(key, second))
        else:
            self._since.pop(key, None)

    def knew(self, key: str, second: float) -> bool:
        """Whether at a monotonic second it was known that an output runs."""
        return key in self._since and self._since[key] <= second
