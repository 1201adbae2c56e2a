"""Typed rows are matched, compared with what is stored, guarded, staged and switched on, source by source."""
