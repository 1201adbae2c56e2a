"""The home page of educators: news of their students, and whom somebody should see to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError
from staffroom.students.access import rules_now
from staffroom.students.feed import Reader, last_visit, narrowed, news_before
from staffroom.students.home_settings import HomeSettings, home_settings
from staffroom.students.models import (
    Attendance,
    AttendsSection,
    Educator,
    HomeVisit,
    Incident,
    Label,
    Note,
    Student,
)
from staffroom.students.pages.home import NEWS_A_PAGE
from staffroom.students.settings import StudentsSettings
from tests.students.district import District, a_section, teaches
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


def test_who_comes_again_is_told_what_is_new(district: District) -> None:
    jonas = district.educators["jonas"]
    now = timezone.now()
    assert last_visit(jonas, now=now - timedelta(days=3)) is None
    assert last_visit(jonas, now=now - timedelta(days=3) + timedelta(minutes=5)) is None
    assert last_visit(jonas, now=now) == now - timedelta(days=3) + timedelta(minutes=5)
    assert last_visit(jonas, now=now + timedelta(minutes=1)) == now - timedelta(days=3) + timedelta(minutes=5)
    HomeVisit.objects.filter(educator=jonas).update(before_at=now - timedelta(days=2), seen_at=now)
    note(district.students["mira"], jonas, "older", days=4)
    note(district.students["mira"], jonas, "newer", days=1)
    assert "1 thing is new since your last visit." in text_of(
        signed_in(district.person("jonas")), "/students/"
    )


def test_birthdays_are_told_of_over_new_year_and_where_there_is_no_29_february(district: District) -> None:
    mira, anton, kaja = (district.students[name] for name in ("mira", "anton", "kaja"))
    for student, born_on in (
        (mira, date(2010, 12, 30)),
        (anton, date(2010, 1, 2)),
        (kaja, date(2008, 2, 29)),
    ):
        student.born_on = born_on
        student.save()
    instance = Instance(Path(), Institution())
    everybody = Student.objects.all()

    def told(day: date) -> list[tuple[int, date]]:
        before = datetime(day.year, day.month, day.day, 12, tzinfo=instance.institution.zone)
        news = news_before(everybody, reader(district, "rolf", day), instance, before=before, limit=10)
        return [(one.student_id, one.at.date()) for one in news]

    assert told(date(2027, 1, 2)) == [(anton.pk, date(2027, 1, 2)), (mira.pk, date(2026, 12, 30))]
    assert told(date(2027, 1, 3)) == [(anton.pk, date(2027, 1, 2))]
    assert told(date(2027, 3, 1)) == [(kaja.pk, date(2027, 2, 28))]
    assert told(date(2028, 3, 1)) == [(kaja.pk, date(2028, 2, 29))]


def test_incidents_are_told_of_where_the_settings_say_so(district: District) -> None:
    mira = district.students["mira"]
    when = timezone.now() - timedelta(hours=5)
    Incident.objects.create(student=mira, occurred_at=when, has_exact_time=True, code="Hitting")
    instance = Instance(Path(), Institution())
    for shows, count in ((False, 0), (True, 1)):
        asked = reader(district, "rolf", shows_incidents=shows)
        assert (
            len(news_before(Student.objects.all(), asked, instance, before=timezone.now(), limit=5)) == count
        )


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
    older = jonas.get("/students/", {"before": page.context["older"]})
    assert b"note 19" in page.content
    assert b"note 20<" not in page.content
    assert b"note 21" in older.content
    assert older.context["older"] == ""


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
