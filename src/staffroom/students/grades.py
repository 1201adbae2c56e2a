"""Grade levels, in the order in which students go through them."""

from __future__ import annotations

GRADES = ("OOPK", "OPK", "TK", "PPK", "PK", "KF", *(str(year) for year in range(1, 14)), "SP")
"""The grades that are known; others may be stored and stand behind them, in alphabetical order."""

_RANKS = {grade: rank for rank, grade in enumerate(GRADES)}


def grade_order(grade: str) -> tuple[int, str]:
    """A key to sort by: ``sorted(grades, key=grade_order)``."""
    return _RANKS.get(grade, len(GRADES)), grade
