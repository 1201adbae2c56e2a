"""Finding students by parts of their names and ids, in any order, with or without accents.

Names are read and folded as they are asked for: of 20,000 students that takes less than a tenth of a second,
and no copy of a name stands anywhere that an import or an erasure would have to reach.
"""

from __future__ import annotations

from staffroom.students.models.people import StudentQuerySet
from staffroom.students.names import folded_all, holds, words_of

MOST_CHARACTERS = 100
"""So much of what is asked is looked at."""


def find_students(students: StudentQuerySet, asked: str) -> list[int]:
    """The numbers of those in whose name and local id each word of ``asked`` stands; nobody for no words.

    Whole names and ids come first, then beginnings of them, then parts; by name where these are alike.
    """
    words = words_of(asked[:MOST_CHARACTERS])
    if not words:
        return []
    rows = list(students.order_by().values_list("pk", "first_name", "last_name", "local_id"))
    texts = folded_all(f" {last} {first} {local_id} " for _, first, last, local_id in rows)
    found = [
        (_rank(text, words), text, row[0])
        for row, text in zip(rows, texts, strict=True)
        if holds(text, words)
    ]
    return [student for _, _, student in sorted(found)]


def _rank(text: str, words: tuple[str, ...]) -> int:
    if all(f" {word} " in text for word in words):
        return 0
    return 1 if all(f" {word}" in text for word in words) else 2
