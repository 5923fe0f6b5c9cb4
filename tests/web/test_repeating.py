"""How an event repeats, as people choose and read it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan.model import Repeat
from orchestrator.web.repeating import DAYS, Choice, choice_of, repeat_words, rule_of, rule_words

MONDAY = date(2027, 8, 2)


@pytest.mark.parametrize(
    ("rule", "choice", "english", "indonesian"),
    [
        ("daily", Choice("daily"), "every day", "setiap hari"),
        ("FREQ=DAILY;INTERVAL=3", Choice("daily", 3), "every 3 days", "setiap 3 hari"),
        (
            "weekdays",
            Choice("weekdays"),
            "every working day, Monday to Friday",
            "setiap hari kerja, Senin sampai Jumat",
        ),
        ("weekly", Choice("weekly"), "every Monday", "setiap Senin"),
        (
            "FREQ=WEEKLY;BYDAY=MO,TH",
            Choice("weekly", 1, ("MO", "TH")),
            "every Monday and Thursday",
            "setiap Senin dan Kamis",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
            Choice("weekly", 2, ("FR",)),
            "every 2 weeks: Friday",
            "setiap 2 pekan: Jumat",
        ),
        ("monthly", Choice("monthly"), "every month, on day 2", "setiap bulan, tanggal 2"),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            Choice("monthly-weekday"),
            "every month, the first Monday of the month",
            "setiap bulan, Senin pertama",
        ),
        ("yearly", Choice("yearly"), "every year, 2 August", "setiap tahun, 2 Agustus"),
        ("FREQ=MONTHLY;BYDAY=2TU", Choice("rule", rule="FREQ=MONTHLY;BYDAY=2TU"), *["FREQ=MONTHLY;BYDAY=2TU"] * 2),
        ("FREQ=DAILY;COUNT=4", Choice("rule", rule="FREQ=DAILY;COUNT=4"), *["FREQ=DAILY;COUNT=4"] * 2),
    ],
)
def test_rules_are_choices_and_words(rule: str, choice: Choice, english: str, indonesian: str) -> None:
    """Each way to repeat that an office has is a choice in plain words, and a choice makes the same rule again."""
    assert choice_of(rule, MONDAY) == choice
    assert rule_of(choice, MONDAY) == rule
    assert rule_words(rule, MONDAY, "en") == english
    assert rule_words(rule, MONDAY, "id") == indonesian


def test_the_fifth_of_a_weekday_is_the_last_one() -> None:
    """Not every month has a fifth Monday, so an event on one is on the last."""
    assert rule_of(Choice("monthly-weekday"), date(2027, 8, 30)) == "FREQ=MONTHLY;BYDAY=-1MO"
    assert choice_of("FREQ=MONTHLY;BYDAY=-1MO", date(2027, 8, 30)) == Choice("monthly-weekday")


def test_a_repetition_is_told_whole() -> None:
    """Last day, days left out and days added are told; of many the first ones."""
    repeat = Repeat(
        "FREQ=WEEKLY;BYDAY=MO", date(2027, 12, 27), frozenset({date(2027, 8, 30)}), frozenset({date(2027, 8, 31)})
    )
    told = "setiap Senin, sampai 27 Des 2027, kecuali 30 Agu 2027, ditambah 31 Agu 2027"
    assert repeat_words(repeat, MONDAY, "id") == told
    many = Repeat("FREQ=DAILY", exclude=frozenset(date(2027, 9, day) for day in range(1, 8)))
    assert repeat_words(many, MONDAY, "en").endswith("4 Sep 2027, and 3 more days")


@given(
    st.builds(
        Choice,
        st.sampled_from(["daily", "weekdays", "weekly", "monthly", "monthly-weekday", "yearly"]),
        st.integers(1, 1000),
        st.sets(st.sampled_from(DAYS)).map(lambda days: tuple(day for day in DAYS if day in days)),
    ),
    st.dates(),
)
def test_a_choice_comes_back(choice: Choice, start: date) -> None:
    """What was chosen is what the form shows again."""
    kept = Choice(
        choice.kind,
        choice.every if choice.kind != "weekdays" else 1,
        choice.days if choice.kind == "weekly" else (),
    )
    again = choice_of(rule_of(choice, start), start)
    if kept == Choice("weekly", 1, ("MO", "TU", "WE", "TH", "FR")):
        kept = Choice("weekdays")
    assert again == kept
