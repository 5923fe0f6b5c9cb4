"""Runs the real loop, plan, ledger and desk on a virtual clock against modelled devices, and judges what came of it."""
