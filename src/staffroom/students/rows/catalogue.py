"""All sources by name, in the order in which a night takes them: each needs what those before it bring."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from staffroom.students.rows import (
    assessments,
    attendance,
    behavior,
    documents,
    educators,
    plans,
    sections,
    star,
    students,
)
from staffroom.students.rows.declaration import Source

ALL = (
    educators.SOURCE,
    sections.COURSES_SECTIONS,
    sections.EDUCATOR_SECTIONS,
    students.SOURCE,
    sections.STUDENT_SECTIONS,
    attendance.SOURCE,
    behavior.SOURCE,
    sections.GRADES,
    assessments.SOURCE,
    star.STAR_MATH,
    star.STAR_READING,
    plans.PLANS,
    plans.ACCOMMODATIONS,
    documents.IEP_DOCUMENTS,
    documents.PHOTOS,
)

SOURCES: Mapping[str, Source] = MappingProxyType({source.name: source for source in ALL})
