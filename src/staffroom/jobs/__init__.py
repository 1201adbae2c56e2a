"""Runs: queued, claimed, started as a process, watched, finished; and the schedule that queues them."""
