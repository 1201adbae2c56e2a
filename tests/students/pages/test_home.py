"""The home page of educators: news of their students, and whom somebody should see to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError
from staffroom.students.access import rules_now
from staffroom.students.feed import BIRTHDAY, INCIDENT, NOTE, Feed, Place, place_text, read_place
from staffroom.students.home_settings import HomeSettings, home_settings
from staffroom.students.models import (
    Attendance,
    AttendsSection,
    Educator,
    HomeVisit,
    Incident,
    Label,
    Note,
    NoteRevision,
    Student,
)
from staffroom.students.narrowing import Reader, narrowed
from staffroom.students.notes import notes_about
from staffroom.students.notes import seen as seen_notes
from staffroom.students.pages.home_news import NAMES_A_DAY, NEWS_A_PAGE
from staffroom.students.settings import StudentsSettings
from staffroom.students.visits import last_visit
from tests.students.district import District, a_section, a_student, teaches
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


def note(student: Student, author: Educator, text: str, *, days: int = 1, restricted: bool = False) -> Note:
    when = timezone.now() - timedelta(days=days)
    return Note.objects.create(
        student=student,
        author=author,
        kind="parent",
        text=text,
        is_restricted=restricted,
        recorded_at=when,
        changed_at=when,
    )


def absent(student: Student, *days_ago: int, excused: bool | None = None) -> None:
    for days in days_ago:
        day = timezone.localdate() - timedelta(days=days)
        Attendance.objects.create(student=student, day=day, kind="absence", is_excused=excused)


def reader(district: District, login: str, today: date | None = None, **rules: Any) -> Reader:
    educator = Educator.objects.get(login=login)
    words = StudentsSettings()
    day = today or timezone.localdate()
    return Reader(educator.person, educator, rules_now(), HomeSettings(**rules), words, day)


def results(client: Client, section: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(f"/students/{section}.json").json()["results"]
    return rows


def test_news_are_open_notes_about_students_whom_one_sees(district: District) -> None:
    mira, gwen, selma = district.students["mira"], district.students["gwen"], district.educators["selma"]
    note(mira, selma, "Mira was glad", days=2)
    note(mira, selma, "kept between us", restricted=True)
    note(gwen, district.educators["vera"], "Gwen was ill")
    jonas = signed_in(district.person("jonas"))
    assert [(row["student"], row["text"], row["by"]) for row in results(jonas, "news")] == [
        ("Mira Mirasen", "Mira was glad", "Selmason, Selma")
    ]
    assert "kept between us" not in text_of(jonas, "/students/")
    assert ("students/home/news.json", ["1003"]) in seen()


def test_the_latest_notes_come_first_however_often_they_were_changed(district: District) -> None:
    mira, selma = district.students["mira"], district.educators["selma"]
    old, new = note(mira, selma, "old", days=9), note(mira, selma, "new", days=1)
    for number in (1, 2):
        NoteRevision.objects.create(
            note=old,
            number=number,
            text="x",
            was_restricted=False,
            revised_at=timezone.now(),
            revised_by=selma,
        )
    (first,) = seen_notes(notes_about(Student.objects.all())[:1])
    assert (first.id, first.revisions) == (new.pk, 0)
    assert [one.revisions for one in seen_notes(notes_about(Student.objects.all()))] == [0, 2]


def test_who_comes_again_is_told_what_is_new(district: District) -> None:
    jonas, now = district.educators["jonas"], timezone.now()
    before = now - timedelta(days=3)

    def visited(at: datetime) -> datetime | None:
        return last_visit(jonas, at, is_themselves=True)

    assert visited(before) is None
    assert visited(before + timedelta(minutes=5)) is None
    assert visited(now) == before + timedelta(minutes=5)
    assert visited(now + timedelta(minutes=1)) == before + timedelta(minutes=5)
    HomeVisit.objects.filter(educator=jonas).update(before_at=now - timedelta(days=2), seen_at=now)
    note(district.students["mira"], jonas, "older", days=4)
    note(district.students["mira"], jonas, "newer", days=1)
    page = text_of(signed_in(district.person("jonas")), "/students/")
    assert "1 thing is new since your last visit." in page
    assert page.count("data-new") == 1


def test_who_sees_as_another_does_not_visit_for_them(district: District) -> None:
    lead = signed_in(district.person("ursula"))
    jonas = district.educators["jonas"]
    lead.post(f"/students/access/{jonas.pk}/view-as/")
    note(district.students["mira"], jonas, "glad")
    assert "Welcome" in text_of(lead, "/students/")
    assert not HomeVisit.objects.filter(educator=jonas).exists()


def told(district: District, day: date, **rules: Any) -> list[tuple[set[int], date]]:
    """The birthdays of whom are told of at noon of that day, and of which day they are."""
    zone = Institution().zone
    feed = Feed(HomeSettings(**rules), Institution(), datetime(day.year, day.month, day.day, 12, tzinfo=zone))
    return [(set(one.students), one.at.date()) for one in feed.news(Student.objects.all(), 10)]


def test_birthdays_are_told_of_over_new_year_and_where_there_is_no_29_february(district: District) -> None:
    born = {"mira": date(2010, 12, 31), "anton": date(2010, 1, 2), "kaja": date(2008, 2, 29)}
    for name, born_on in born.items():
        Student.objects.filter(pk=district.students[name].pk).update(born_on=born_on)
    mira, anton, kaja = (district.students[name].pk for name in born)
    assert told(district, date(2027, 1, 2)) == [
        ({anton}, date(2027, 1, 2)),
        ({mira}, date(2026, 12, 31)),
    ]
    assert told(district, date(2027, 1, 3)) == [({anton}, date(2027, 1, 2))]
    assert told(district, date(2027, 1, 3), birthday_days=0) == []
    assert told(district, date(2027, 3, 1)) == [({kaja}, date(2027, 2, 28))]
    assert told(district, date(2028, 3, 1)) == [({kaja}, date(2028, 2, 29))]


def test_the_birthdays_of_a_day_are_one_piece_of_news_that_names_some(district: District) -> None:
    today = timezone.localdate()
    for number in range(NAMES_A_DAY + 3):
        a_student(
            f"7{number:03}", f"Bo{number:02}", district.schools["high"], "9", born_on=today.replace(year=2008)
        )
    rolf = signed_in(district.person("rolf"))
    page = text_of(rolf, "/students/")
    assert page.count('class="item"') == 1
    assert "and 3 more" in page
    (what, named) = seen()[0]
    assert (what, len(named)) == ("students/home/news.html", NAMES_A_DAY)
    assert len(results(rolf, "news")) == NAMES_A_DAY + 3


def test_incidents_are_told_of_where_the_settings_say_so(district: District) -> None:
    when = timezone.now() - timedelta(hours=5)
    Incident.objects.create(
        student=district.students["mira"], occurred_at=when, has_exact_time=True, code="Hitting"
    )
    for shows, codes in ((False, []), (True, ["Hitting"])):
        feed = Feed(HomeSettings(shows_incidents=shows), Institution(), timezone.now())
        assert [one.what for one in feed.news(Student.objects.all(), 5)] == codes


@pytest.mark.parametrize(
    ("label", "rules", "kept"),
    [
        ("feed_by_house", {"houses": ("lorna Elm",)}, ["Kaja"]),
        ("feed_by_house", {"houses": ("hanna Elm",)}, []),
        ("feed_by_counselor", {"counselors": ("lorna SANDOVAL", "lorna Ruiz")}, ["Mira"]),
        ("feed_by_english_learners", {}, ["Anton"]),
        ("feed_by_section", {}, []),
        ("feed_by_community_school", {}, []),
    ],
)
def test_labels_narrow_whose_news_are_read(
    district: District, label: str, rules: dict[str, Any], kept: list[str]
) -> None:
    for name, facts in (
        ("kaja", {"house": "ELM"}),
        ("mira", {"counselor": "Sandoval"}),
        ("anton", {"language_status": "Limited"}),
    ):
        Student.objects.filter(pk=district.students[name].pk).update(**facts)
    Label.objects.create(educator=district.educators["lorna"], key=label)
    found = narrowed(Student.objects.all(), reader(district, "lorna", **rules))
    assert [student.first_name for student in found] == kept


def test_older_news_follow_where_there_are_more_than_a_page(district: District) -> None:
    for number in range(NEWS_A_PAGE + 2):
        note(district.students["mira"], district.educators["selma"], f"note {number}", days=number + 1)
    jonas = signed_in(district.person("jonas"))
    page = jonas.get("/students/")
    older = jonas.get("/students/", {"after": page.context["newspaper"].older})
    assert b"note 19" in page.content
    assert b"note 20<" not in page.content
    assert b"note 21" in older.content
    assert older.context["newspaper"].older == ""


def test_news_of_one_instant_are_all_read_and_each_once(district: District) -> None:
    mira, selma = district.students["mira"], district.educators["selma"]
    today = datetime.combine(timezone.localdate(), datetime.min.time(), UTC)
    Student.objects.filter(pk=mira.pk).update(born_on=today.date().replace(year=2008))
    notes = [note(mira, selma, "at once") for _ in range(3)]
    Note.objects.update(recorded_at=today)
    happened = [
        Incident.objects.create(student=mira, occurred_at=today, has_exact_time=False, code="Phone")
        for _ in range(2)
    ]
    feed = Feed(HomeSettings(shows_incidents=True), Institution(), timezone.now())
    read: list[tuple[str, int]] = []
    after: Place | None = None
    while page := feed.news(Student.objects.all(), 1, after=after):
        read += [(one.kind, one.id) for one in page]
        after = read_place(place_text(page[-1].place))
    assert read == [
        *((NOTE, one.pk) for one in reversed(notes)),
        *((INCIDENT, one.pk) for one in reversed(happened)),
        (BIRTHDAY, 0),
    ]


@given(
    st.datetimes(timezones=st.just(UTC)), st.sampled_from([NOTE, BIRTHDAY, INCIDENT]), st.integers(0, 10**17)
)
def test_a_place_in_the_news_is_read_as_it_was_written(at: datetime, kind: str, number: int) -> None:
    assert read_place(place_text((at, kind, number))) == (at, kind, number)


@given(st.text())
def test_nonsense_in_the_address_is_no_place(text: str) -> None:
    assert read_place(text) is None
    assert read_place(f"2026-13-99T99:99:99~note~{text}") is None


def test_a_label_that_narrows_says_so_on_the_page(district: District) -> None:
    frida = text_of(signed_in(district.person("frida")), "/students/")
    assert "News and absences are of the students who attend your sections" in frida
    assert "a label narrows this page" not in text_of(signed_in(district.person("jonas")), "/students/")


def test_who_is_often_absent_is_named_until_somebody_writes_about_it(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    absent(mira, 1, 2, 3, 4)
    absent(anton, 1, 2, 3)
    absent(anton, 4, excused=True)
    jonas = signed_in(district.person("jonas"))
    assert [(row["student"], row["absences"]) for row in results(jonas, "often-absent")] == [
        ("Mirasen, Mira", 4)
    ]
    note(mira, district.educators["selma"], "kept between us", restricted=True)
    assert len(results(jonas, "often-absent")) == 1
    note(mira, district.educators["selma"], "Called home")
    assert results(jonas, "often-absent") == []


def test_low_grades_are_told_to_teachers_of_sections_in_high_schools(district: District) -> None:
    mira, bruno = district.students["mira"], district.educators["bruno"]
    today = timezone.localdate()
    year = Institution().school_year(today).year + 1
    section = a_section(district.sections["BIO-1"].course, "BIO-9", "ALL", year=year)
    teaches(bruno, section)
    AttendsSection.objects.create(student=mira, section=section, grade_numeric="61.5", grade_letter="F")
    open_terms = {"students": {"access": {"terms": ["ALL 08-01 07-31"], "section_year": "end"}}}
    with override_settings(INSTANCE=replace(settings.INSTANCE, sections=open_terms)):
        client = signed_in(district.person("bruno"))
        assert [(row["student"], row["section"], row["grade"]) for row in results(client, "low-grades")] == [
            ("Mirasen, Mira", "BIO-9", 61.5)
        ]
        note(mira, bruno, "Talked about it")
        assert results(client, "low-grades") == []
    assert signed_in(district.person("vera")).get("/students/low-grades.json").status_code == 404


def test_an_educator_without_courses_begins_with_their_students(district: District) -> None:
    response = signed_in(district.person("jonas")).get("/")
    assert (response.status_code, response["Location"]) == (302, "/students/")


def test_the_rules_stand_in_settings() -> None:
    instance = Instance(Path(), Institution(), {"students": {"home": {"high_absences": 9}}})
    assert home_settings(instance).high_absences == 9
    nobody = Instance(Path(), Institution(), {"students": {"home": {"houses": ["selma"]}}})
    with pytest.raises(SettingsError, match="login NAME"):
        home_settings(nobody)


def test_three_students_ask_the_database_as_often_as_one(district: District) -> None:
    rolf = signed_in(district.person("rolf"))
    asked = []
    for number in (0, 1, 2):  # the first request of a session writes it
        for more in range(number):
            student = a_student(f"8{number}{more}", f"New{number}{more}", district.schools["high"], "9")
            absent(student, 1, 2, 3, 4)
            note(Student.objects.get(local_id="1001"), district.educators["vera"], "glad")
        with CaptureQueriesContext(connection) as queries:
            rolf.get("/students/")
        asked.append(len(queries))
    assert asked[1] == asked[2]
