"""Files sent to a browser: in parts where it asks for parts, and only once while they stay the same."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse

_KINDS = {
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_SHOWN = frozenset({".mp4", ".jpg", ".json", ".txt"})
"""What a browser may show; all else is only ever saved."""


class _InLargePieces(FileResponse):
    """Large pieces: each costs a change of threads, and the venues' loops share this program's time."""

    chunk_size = 512 * 1024


def send_file(request: Request, path: Path, *, download: bool = False) -> Response:
    """A file under its own name; 304 where the browser has it already."""
    kind = path.suffix.lower()
    there = path.stat()
    etag = f'"{there.st_size:x}-{there.st_mtime_ns:x}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return _InLargePieces(
        path,
        headers=headers,
        media_type=_KINDS.get(kind, "application/octet-stream"),
        filename=path.name,
        stat_result=there,
        content_disposition_type="attachment" if download or kind not in _SHOWN else "inline",
    )


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
