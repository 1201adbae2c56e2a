"""The districts and schools that are known, and what becomes of students of others."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.registry.fields import DISTRICT, INSTITUTION, STATE, Record
from staffroom.registry.settings import RegistrySettings

COLUMNS = ("state", "district", "institution")


@dataclass(frozen=True, slots=True)
class Places:
    """``district_of`` maps (state, institution) to its district; where ``checked`` is False all are known."""

    policy: str = "accept"
    checked: bool = False
    district_of: dict[tuple[str, str], str] = field(default_factory=dict)
    districts: frozenset[tuple[str, str]] = frozenset()

    def fill_in(self, record: Record) -> None:
        """The district of a record that names only its school."""
        if not record[DISTRICT]:
            record[DISTRICT] = self.district_of.get((str(record[STATE]), str(record[INSTITUTION])), "")

    def fault(self, record: Record) -> tuple[str, str, str] | None:
        """(field, code, message) of a place that is not known; None where all is well."""
        state, district = str(record[STATE]), str(record[DISTRICT])
        home = self.district_of.get((state, str(record[INSTITUTION])))
        if home is None:
            return "institutionIdentifier", "unknown_institution", "This school is not known."
        if district != home and (state, district) not in self.districts:
            return "districtIdentifier", "unknown_district", "This district is not known."
        if district != home:
            return "districtIdentifier", "wrong_district", "The school is not in this district."
        return None


def known_places(instance: Instance, settings: RegistrySettings) -> Places:
    """The places of ``[registry] schools_file``. Raises SettingsError where it cannot be read."""
    if not settings.schools_file:
        return Places()
    path = instance.path(settings.schools_file)
    rows = list(_rows(path))
    return Places(
        policy=settings.unknown_schools,
        checked=True,
        district_of={(row["state"], row["institution"]): row["district"] for row in rows},
        districts=frozenset((row["state"], row["district"]) for row in rows),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                raise SettingsError(str(path), f"lacks the column {lacking[0]}.")
            for row in reader:
                yield {name: row[name].strip() for name in COLUMNS}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(
            str(path),
            f"cannot be read ({type(error).__name__}).",
            happened="Nothing was drained.",
            next_step="See [registry] schools_file.",
        ) from None
