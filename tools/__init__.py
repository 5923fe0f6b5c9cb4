"""Commands for people who work on the project; no part of the service."""
