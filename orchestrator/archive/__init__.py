"""Finished recordings: verified, packaged, kept."""
