"""Whether an event can go on air: what was found out (facts), and what that means (judge). Pure."""
