"""The splicer: a process of its own for each venue, which keeps one programme unbroken whatever its sources do."""
