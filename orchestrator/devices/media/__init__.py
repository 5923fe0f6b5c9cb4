"""The media path of a venue: hub, splicer, pushers, recorder."""
