"""The OBS of a venue."""
