"""The demo university's people: invented learners, the team that teaches them, and a test account."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EMAIL_DOMAIN = "example.edu"
FIRST_LEARNER_ID = 2001

GIVEN_NAMES = (
    "Aino", "Amara", "Anselm", "Asha", "Bao", "Beatriz", "Bram", "Chidi", "Chloé", "Dalia", "Daan", "Efua",
    "Elif", "Emre", "Fadi", "Farah", "Gökhan", "Goran", "Hana", "Hugo", "Ilse", "Imani", "Iker", "Jana",
    "João", "Kaito", "Kamala", "Lena", "Luca", "Lucía", "Mairéad", "Mateus", "Mei", "Milo", "Nadia", "Nils",
    "Noor", "Olga", "Omar", "Paloma", "Petra", "Quang", "Rafael", "Rania", "Sanna", "Sefa", "Siobhán",
    "Søren", "Tariq", "Tilda", "Uma", "Viktor", "Wanjiru", "Xochitl", "Yara", "Yusuf", "Zoë", "Zuri",
)  # fmt: skip
FAMILY_NAMES = (
    "Abelwhit", "Adeyomi-Oru", "Almarguén", "Ashquill", "Banzhou", "Bellavento", "Brakespar", "Calderuña",
    "Chandravel", "Corrigal", "Dąbrowicz", "Dunmarrow", "Ekwuemba", "Eskilgard", "Farrowmoor", "Fujisawara",
    "Gallistone", "Gyllenvik", "Haddawayo", "Holmquarry", "Iturralba", "Jansoleil", "Kalimbari", "Kestrelby",
    "Koskivuo", "Larkspurr", "Lindenhay", "Mahmoudari", "Marrowby", "Mbekalo", "Montesquinto", "Nakahoshi",
    "Ngatirua", "Northbeck", "Ódlabring", "Okonjawa", "Pemberlark", "Peñalosada", "Quillfeather", "Rahmanzai",
    "Rookwillow", "Sandovaleta", "Silvermarch", "Szekelyfi", "Tamarindo", "Thistledown", "Ulvskog",
    "Umutonika", "Vasconsela", "Velikograd", "Wattlebird", "Windermoss", "Xiaobelle", "Yellowhamm",
    "Yıldızay", "Zambellini",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account in the LMS. ``is_test`` marks one that no person learns with."""

    user_id: int
    username: str
    first_name: str
    last_name: str
    joined_at: datetime
    is_staff: bool = False
    is_superuser: bool = False
    is_active: bool = True
    is_test: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@{EMAIL_DOMAIN}"


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One who teaches: an account with roles, ``(role, course key)``."""

    account: Account
    roles: tuple[tuple[str, str], ...]


_OPENED = datetime(2023, 6, 15, 9, 30, tzinfo=UTC)

ADMINISTRATOR = Account(1001, "odile.brightwater", "Odile", "Brightwater", _OPENED, True, True)
TEST_ACCOUNT = Account(1009, "qa_robot", "Test", "Account", _OPENED, is_test=True)
TEAM = (
    TeamMember(ADMINISTRATOR, ()),
    TeamMember(
        Account(1002, "tobias.fennimarch", "Tobias", "Fennimarch", _OPENED),
        (("instructor", "course-v1:Tarnwater+ASTR101+2026"),),
    ),
    TeamMember(
        Account(1003, "ines.maravela", "Inés", "Maravela", _OPENED),
        (
            ("instructor", "course-v1:Tarnwater+CLIMA205+2026_T1"),
            ("staff", "course-v1:Tarnwater+BREAD110+2026_T1"),
            ("instructor", "course-v1:Tarnwater+ORGAN300+2026_T1"),
        ),
    ),
    TeamMember(
        Account(1004, "wren.hollowdale", "Wren", "Hollowdale", _OPENED),
        (
            ("instructor", "course-v1:Tarnwater+BREAD110+2026_T1"),
            ("instructor", "Tarnwater/STAT100/2026"),
            ("staff", "course-v1:Tarnwater+ASTR101+2026"),
        ),
    ),
    TeamMember(
        Account(1005, "kofi.lanternby", "Kofi", "Lanternby", _OPENED),
        (
            ("instructor", "course-v1:Tarnwater+MAPS220+2026_T1"),
            ("staff", "course-v1:Tarnwater+ASTR101+2026_T1"),
        ),
    ),
)


def demo_learners(seed: int, count: int) -> tuple[Account, ...]:
    """``count`` invented learners; the first ones are the same however many follow."""
    chance = random.Random(f"{seed} people")  # noqa: S311 - a demo, not a secret
    return tuple(_learner(chance, FIRST_LEARNER_ID + number) for number in range(count))


def _learner(chance: random.Random, user_id: int) -> Account:
    first, last = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    joined = _OPENED + timedelta(minutes=chance.randrange(500 * 24 * 60))
    is_plain = chance.random() < 0.97  # some installations allow user names beyond ASCII
    username = f"{first}.{last}{user_id % 1000}".lower()
    return Account(user_id, plain(username) if is_plain else username, first, last, joined)


def plain(text: str) -> str:
    """``text`` without accents, and without what is then not ASCII."""
    swapped = text.translate(str.maketrans("øıł", "oil"))
    return unicodedata.normalize("NFKD", swapped).encode("ascii", "ignore").decode()
