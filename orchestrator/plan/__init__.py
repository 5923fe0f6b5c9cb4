"""Pure planning: events and run of show to cues and states. No clock, files, sockets or logging."""
