"""The nouns kept about students: people, schools, classes, and who may see whom.

A text that is not stated is ``''``, never null; null are dates, numbers, yes-or-no and keys that are not
stated. Students and educators are never deleted by an import: ``missing_since`` says that the system of
origin no longer names them.
"""

from staffroom.students.logins import normal_login
from staffroom.students.models.grants import GrantChange, Grants, Label
from staffroom.students.models.people import (
    Course,
    Educator,
    Homeroom,
    School,
    Section,
    Student,
)
from staffroom.students.models.records import AttendsSection, TeachesSection

__all__ = [
    "AttendsSection",
    "Course",
    "Educator",
    "GrantChange",
    "Grants",
    "Homeroom",
    "Label",
    "School",
    "Section",
    "Student",
    "TeachesSection",
    "normal_login",
]
