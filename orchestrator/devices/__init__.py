"""What is driven: OBS and the media processes. Knows nothing of schedules."""
