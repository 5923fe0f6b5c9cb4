"""What a form of an event lacks, each told at its field."""

from __future__ import annotations

from orchestrator.errors import N_, Problem

TITLE = Problem("form.title", N_("Write a title: it is what people call the event, on the page and on the picture."))
CEREMONY = Problem("form.ceremony", N_("Choose what kind of event it is: that decides what happens when."))
VENUE = Problem("form.venue", N_("Choose where it takes place: at which venue."))
DATE = Problem("form.date", N_("Give the day, such as 2027-08-17."))
TIME = Problem("form.time", N_("Give the time at which it starts, such as 07:30."))
OFFSET = Problem("form.offset", N_("Give the minutes as a number, such as 45; 0 for exactly then."))
LENGTH = Problem("form.length", N_("Give how long it lasts, such as 1 hour 15 minutes."))
END = Problem("form.end", N_("Give the time at which it ends, such as 08:20."))
EVERY = Problem("form.every", N_("Give a whole number: 1 or more, at most 1000."))
RULE = Problem("form.rule", N_("Write the rule, such as FREQ=MONTHLY;BYDAY=2TU, or choose another way to repeat."))
DETAIL = Problem("form.detail", N_("Fill this in: it is shown on the picture."))
RELAY = Problem("form.relay", N_("Give the address of the feed, such as rtmp://…: this kind of event relays it."))
OVERRUN = Problem("form.overrun", N_("Give the minutes as a number, such as 45, or leave it empty."))
CUT = Problem(
    "form.relay", N_("This address is cut short. Write it whole, or leave the field empty to keep the present one.")
)
