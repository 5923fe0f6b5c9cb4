from __future__ import annotations

from datetime import datetime

import pytest

from orchestrator.plan.rules import rule_fault

BEGIN = datetime.fromisoformat("2027-01-04 07:30")


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", None),
        ("freq=weekly;byday=mo", None),
        ("FREQ=MONTHLY;BYDAY=-1FR", None),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", None),
        ("", "syntax"),
        ("BYDAY=MO", "syntax"),
        ("FREQ=FORTNIGHTLY", "syntax"),
        ("FREQ=WEEKLY;BYDAY=XX", "syntax"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "syntax"),
        ("FREQ=DAILY;INTERVAL=0", "syntax"),
        ("FREQ=DAILY;INTERVAL=-1", "syntax"),
        ("FREQ=DAILY;INTERVAL=100000", "syntax"),
        ("FREQ=DAILY;COUNT=0", "syntax"),
        ("RRULE:FREQ=DAILY", "syntax"),
        ("FREQ=DAILY\nRDATE:20270101T000000", "syntax"),
        ("FREQ=DAILY;UNTIL=20271231", "until"),
        ("FREQ=DAILY;DTSTART=20271231", "until"),
        ("FREQ=HOURLY", "too-often"),
        ("FREQ=SECONDLY", "too-often"),
        ("FREQ=DAILY;BYYEARDAY=10", "period"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "never"),
        ("FREQ=DAILY;BYMONTH=13", "syntax"),
        ("FREQ=DAILY;BYMONTHDAY=x", "syntax"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "syntax"),
        ("FREQ=MONTHLY;BYMONTHDAY=-31", None),
        ("FREQ=DAILY;BYHOUR=25", "syntax"),
    ],
)
def test_each_fault_of_a_rule_is_told(rule: str, fault: str | None) -> None:
    """A wrong recurrence rule is refused for what is wrong with it, without searching for ever."""
    assert rule_fault(rule, BEGIN) == fault
