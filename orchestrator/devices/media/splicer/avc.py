"""H.264's parameter sets, carried by the key pictures themselves. Pure.

A stream of FLV tells its parameter sets apart from its pictures, and tells them anew when they change. What writes MPEG
transport streams of it (the recorder, an SRT destination) keeps to those it was told first, so that pictures of another
source couldn't be decoded: unless each key picture brings its own along.
"""

from __future__ import annotations

_SPS = 7
"""The type of a unit that is a sequence's parameter set."""
_FIRST_SETS = 5
"""Where, in what a stream tells apart, the number of its sequence parameter sets stands."""


def with_parameter_sets(picture: bytes, extradata: bytes) -> bytes:
    """A key picture with the parameter sets before it; as it is where it has its own, or they can't be read.

    Args:
        picture: Units, each after its length.
        extradata: What the stream tells apart (an AVCDecoderConfigurationRecord).
    """
    if len(extradata) <= _FIRST_SETS or extradata[0] != 1:
        return picture
    width = (extradata[4] & 3) + 1
    if _SPS in _types(picture, width):
        return picture
    return b"".join(len(unit).to_bytes(width) + unit for unit in _sets(extradata)) + picture


def _sets(extradata: bytes) -> list[bytes]:
    """The parameter sets, or none where their lengths don't add up."""
    found: list[bytes] = []
    at = _FIRST_SETS
    for mask in (0x1F, 0xFF):
        if at >= len(extradata):
            return []
        count = extradata[at] & mask
        at += 1
        for _ in range(count):
            length = int.from_bytes(extradata[at : at + 2])
            at += 2 + length
            if at > len(extradata) or not length:
                return []
            found.append(extradata[at - length : at])
    return found


def _types(picture: bytes, width: int) -> set[int]:
    """The types of the units of a picture."""
    found: set[int] = set()
    at = 0
    while at + width < len(picture):
        found.add(picture[at + width] & 0x1F)
        at += width + int.from_bytes(picture[at : at + width])
    return found
