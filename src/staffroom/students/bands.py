"""What a score means: the bands of MCAS, by the state's cut points."""

from __future__ import annotations

from collections.abc import Mapping

from staffroom.metrics.declaration import msg
from staffroom.students.models import Assessment

NEXT_GENERATION = (
    (530, msg("Exceeding expectations")),
    (500, msg("Meeting expectations")),
    (470, msg("Partially meeting expectations")),
    (440, msg("Not meeting expectations")),
)
FIRST_GENERATION = (
    (260, msg("Advanced")),
    (240, msg("Proficient")),
    (220, msg("Needs improvement")),
    (200, msg("Warning")),
)
CUTS: Mapping[str, tuple[tuple[int, str], ...]] = {
    Assessment.Test.MCAS_NEXT_GEN: NEXT_GENERATION,
    Assessment.Test.MCAS: FIRST_GENERATION,
}
"""The least score of each band, the best band first; bands are msgids."""

SCALES: Mapping[str, tuple[int, int]] = {
    Assessment.Test.MCAS_NEXT_GEN: (440, 560),
    Assessment.Test.MCAS: (200, 280),
}


def band_of(test: str, score: int | None) -> str:
    """The band of a score; empty where there is none, or it is below all bands."""
    if score is None:
        return ""
    return next((band for least, band in CUTS.get(test, ()) if score >= least), "")
