"""The work beside the air that people ask for: verifying, building scenes, keys, and whether all is ready."""

from orchestrator.backstage.works import Works

__all__ = ["Works"]
