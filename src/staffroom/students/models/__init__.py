"""The nouns kept about students: people, schools, classes, and who may see whom.

A text that is not stated is ``''``, never null; null are dates, numbers, yes-or-no and keys that are not
stated. Students and educators are never deleted by an import: ``missing_since`` says that the system of
origin no longer names them.
"""

from staffroom.students.logins import normal_login
from staffroom.students.models.grants import GrantChange, Grants, Label
from staffroom.students.models.imports import Import
from staffroom.students.models.notes import Note, NoteDraft, NoteLink, NoteRevision
from staffroom.students.models.people import (
    Course,
    Educator,
    Homeroom,
    School,
    Section,
    Student,
)
from staffroom.students.models.records import (
    Accommodation,
    Assessment,
    Attendance,
    AttendsSection,
    DibelsResult,
    Document,
    Incident,
    Plan504,
    StarResult,
    TeachesSection,
)
from staffroom.students.models.services import Service, ServiceUpload
from staffroom.students.models.versions import FOREVER, Switch, Versioned
from staffroom.students.models.visits import HomeVisit

__all__ = [
    "FOREVER",
    "Accommodation",
    "Assessment",
    "Attendance",
    "AttendsSection",
    "Course",
    "DibelsResult",
    "Document",
    "Educator",
    "GrantChange",
    "Grants",
    "HomeVisit",
    "Homeroom",
    "Import",
    "Incident",
    "Label",
    "Note",
    "NoteDraft",
    "NoteLink",
    "NoteRevision",
    "Plan504",
    "School",
    "Section",
    "Service",
    "ServiceUpload",
    "StarResult",
    "Student",
    "Switch",
    "TeachesSection",
    "Versioned",
    "normal_login",
]
