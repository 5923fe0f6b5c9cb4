"""Puts ceremonies on air by a schedule, records them and archives the recordings."""

__version__ = "0.1.0"
