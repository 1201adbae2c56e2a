"""The named grants that a project lead may give one by one, each with what it opens in words."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.metrics.declaration import msg


@dataclass(frozen=True, slots=True)
class LabelKind:
    """``key`` is kept with the educator; ``grants`` says what it opens."""

    key: str
    title: str
    grants: str


HOUSEMASTER = "housemaster"
SEES_WHO_HAS_ACCESS = "sees_who_has_access"
MARKS_NOTES_RESTRICTED = "marks_notes_restricted"
WRITES_TRANSITION_NOTES = "writes_transition_notes"

LABELS = (
    LabelKind(
        HOUSEMASTER,
        msg("Housemaster"),
        msg("Sees the students of the grades that are housed, of every school; a setting names the grades."),
    ),
    LabelKind(
        SEES_WHO_HAS_ACCESS,
        msg("Sees who has access"),
        msg("Sees, for a student whom they may see, which educators may see that student, and why."),
    ),
    LabelKind(
        MARKS_NOTES_RESTRICTED,
        msg("Marks notes as restricted"),
        msg("May mark a note as restricted, whoever wrote it. Only a note that they may read themselves."),
    ),
    LabelKind(
        WRITES_TRANSITION_NOTES,
        msg("Writes transition notes"),
        msg("Writes and removes transition notes of students whom they may see, with their restricted part."),
    ),
    LabelKind(
        "feed_by_counselor",
        msg("Feed by counselor"),
        msg("Narrows the home page to the students whose counselor they are. Opens nobody."),
    ),
    LabelKind(
        "feed_by_house",
        msg("Feed by house"),
        msg("Narrows the home page to the students of their house. Opens nobody."),
    ),
    LabelKind(
        "feed_by_section",
        msg("Feed by section"),
        msg("Narrows the home page to the students of their sections. Opens nobody."),
    ),
    LabelKind(
        "feed_by_english_learners",
        msg("Feed by English learners"),
        msg("Narrows the home page to students who are learning English. Opens nobody."),
    ),
    LabelKind(
        "feed_by_community_school",
        msg("Feed by community school"),
        msg("Narrows the home page to students with a community school service. Opens nobody."),
    ),
)

LABEL_KEYS = tuple(label.key for label in LABELS)
