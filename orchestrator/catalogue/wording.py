"""What people type to find a recording, taken apart into words and dates. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})(?:-(\d{1,2}))?\b")
_SLASHES = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_LONGEST = 60
"""Characters of a word that count."""
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("januari", "january", "jan"),
    ("februari", "pebruari", "february", "feb"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "ags", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_SMALL = frozenset(
    {"di", "dan", "yang", "pada", "oleh", "ke", "dari", "untuk", "dengan", "tanggal", "pukul"}
    | {"the", "of", "at", "on", "and", "in", "by", "for", "with"}
)
"""Words that say nothing about a recording."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or a month, that somebody typed."""

    stamp: str
    """`20270817`, or `202708`: how the index has it."""
    words: tuple[str, ...]
    """The words that it was typed with: a title may hold them, too."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A query, taken apart."""

    words: tuple[str, ...] = ()
    """Each must be found."""
    days: tuple[Day, ...] = ()
    """Each must be the recording's day, or stand in its texts."""
    nothing: bool = False
    """Something was typed, and no word is in it: nothing can be found by it."""


def plain(text: str) -> str:
    """A text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in order."""
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(plain(text))))


def sought(text: str) -> Sought:
    """Take a query apart."""
    rest, days = plain(text), list[Day]()

    def found(match: re.Match[str]) -> str:
        numbers = [int(part) if part else None for part in match.groups()]
        if match.re is _SLASHES:
            numbers.reverse()
        day = _day(numbers[0] or 0, numbers[1] or 0, numbers[2], tuple(words_of(match[0])))
        if day is None:
            return match[0]
        days.append(day)
        return " , "

    rest = _SLASHES.sub(found, _ISO.sub(found, rest))
    words = [word[:_LONGEST] for word in _WORD.findall(rest)]
    left = list(_without_dates(words, days))
    telling = [word for word in left if word not in _SMALL] or ([] if days else left)
    return Sought(tuple(dict.fromkeys(telling)), tuple(days), nothing=bool(text.strip()) and not telling and not days)


def _without_dates(words: Sequence[str], days: list[Day]) -> Iterator[str]:
    """The words but for those of dates such as `17 agustus 2027` and `agustus 2027`, which go to `days`."""
    place = 0
    while place < len(words):
        taken = _spelled(words, place)
        if taken is None:
            yield words[place]
            place += 1
        else:
            day, count = taken
            days.append(day)
            place += count


def _spelled(words: Sequence[str], place: int) -> tuple[Day, int] | None:
    for count in (3, 2):
        part = tuple(words[place : place + count])
        if len(part) < count or part[-2] not in _MONTH or not re.fullmatch(r"\d{4}", part[-1]):
            continue
        number = int(part[0]) if count == 3 and re.fullmatch(r"\d{1,2}", part[0]) else None
        if count == 3 and number is None:
            continue
        day = _day(int(part[-1]), _MONTH[part[-2]], number, part)
        if day is not None:
            return day, count
    return None


def _day(year: int, month: int, day: int | None, words: tuple[str, ...]) -> Day | None:
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    return Day(f"{year:04}{month:02}" + (f"{day:02}" if day is not None else ""), words)
