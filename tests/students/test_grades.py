from __future__ import annotations

from staffroom.students.grades import grade_order


def test_grades_stand_in_the_order_of_school_life_and_unknown_ones_behind_them() -> None:
    mixed = ["10", "SP", "Z9", "KF", "2", "OPK", "13", "A1", "TK", "PK", "1", "OOPK", "PPK"]
    in_order = ["OOPK", "OPK", "TK", "PPK", "PK", "KF", "1", "2", "10", "13", "SP", "A1", "Z9"]
    assert sorted(mixed, key=grade_order) == in_order
