"""The section ``[students.home]`` of staffroom.toml: what the home page of educators tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from staffroom.config import SETTINGS_FILE, Instance, at_least, fit
from staffroom.errors import SettingsError
from staffroom.students.logins import normal_login

PLACE = f"{SETTINGS_FILE} [students.home]"


@dataclass(frozen=True, slots=True)
class HomeSettings:
    """The rules of the lists on the home page; each stands beside its numbers in words."""

    low_grade_below: int = at_least(1, default=69)
    """A grade below this is low."""
    high_absences: int = at_least(1, default=4)
    """So many days absent within the window are many."""
    window_days: int = at_least(1, default=45)
    """How far back absences and notes are looked at; absences never beyond the school year."""
    counts_excused: bool = False
    """Whether excused absences count too."""
    grades_left_out: tuple[str, ...] = ("OOPK", "OPK", "TK", "PPK", "PK")
    """Grades whose absences are not told of."""
    shows_incidents: bool = False
    """Whether incidents stand among the news."""
    birthday_days: int = at_least(0, default=2)
    """A birthday is told of on the day and so many days after."""
    counselors: tuple[str, ...] = ()
    """Whom the SIS means by a counselor's name: "login NAME", for the label feed_by_counselor."""
    houses: tuple[str, ...] = ()
    """Whose a house is: "login House", for the label feed_by_house."""

    def named_for(self, login: str, lines: Iterable[str]) -> frozenset[str]:
        """The texts that ``lines`` give to this login, in small letters."""
        pairs = (line.partition(" ") for line in lines)
        return frozenset(text.strip().lower() for name, _, text in pairs if normal_login(name) == login)

    def check(self) -> None:
        """Raises SettingsError for a line that names nobody, or nothing."""
        for name in ("counselors", "houses"):
            for line in getattr(self, name):
                if not line.partition(" ")[2].strip():
                    raise SettingsError(
                        f"{PLACE} {name}", f"holds {line!r}.", next_step='Write "login NAME".'
                    )


def home_settings(instance: Instance) -> HomeSettings:
    """The section. Raises SettingsError."""
    section = dict(instance.sections.get("students", {})).get("home", {})
    settings = fit(HomeSettings, section, place=PLACE)
    settings.check()
    return settings
