"""The pages on which project leads see and change what is granted; for everybody else they are not there."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from staffroom.accounts import people
from staffroom.accounts.models import Person, View
from staffroom.students.granting import COMMAND_LINE, change_grants, give_label, grants_of
from staffroom.students.models import Educator, GrantChange, Grants
from tests.students.district import District, an_educator

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

LISTS = [
    "/students/access/",
    "/students/access/educators.csv",
    "/students/access/educators.json",
    "/students/access/changes/",
    "/students/access/changes/changes.csv",
    "/students/access/changes/changes.json",
]


def signed_in(person: Person | None, *, strict: bool = False) -> Client:
    client = Client(enforce_csrf_checks=strict)
    if person is not None:
        client.force_login(person, backend="staffroom.site.sign_in.Backend")
    return client


@pytest.fixture
def ursula(district: District) -> Client:
    return signed_in(district.person("ursula"))


def page_of(district: District, login: str) -> str:
    return f"/students/access/{district.educators[login].pk}/"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def send(client: Client, address: str, **values: Any) -> str:
    """Send the form as it stands but for ``values``, and follow the answer; the page that comes."""
    form = client.get(address).context["form"]
    shown = {name: value for name, value in form.initial.items() if value is not False}
    data = {name: value for name, value in {**shown, **values}.items() if value is not False}
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def addresses(district: District) -> list[str]:
    vera = page_of(district, "vera")
    return [*LISTS, vera, f"{vera}changes.csv", f"{vera}changes.json"]


def test_project_leads_see_the_pages_and_nobody_else_knows_of_them(district: District) -> None:
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    for address in addresses(district):
        assert signed_in(district.person("ursula")).get(address).status_code == 200, address
        for person in (operator, district.person("rolf"), district.person("lorna"), district.person("vera")):
            assert signed_in(person).get(address).status_code == 404, address
        assert signed_in(None).get(address).status_code in (302, 401), address


def test_nobody_else_changes_anything_or_sees_as_another(district: District) -> None:
    vera = page_of(district, "vera")
    for login in ("rolf", "vera"):
        client = signed_in(district.person(login))
        assert client.post(vera, {"seen": 0, "districtwide": "on"}).status_code == 404
        assert client.post(f"{vera}view-as/").status_code == 404
    assert signed_in(None).post(vera, {"seen": 0, "districtwide": "on"}).status_code == 302
    assert (GrantChange.objects.count(), View.objects.count()) == (0, 0)


def test_a_change_needs_the_pages_own_form(district: District) -> None:
    strict = signed_in(district.person("ursula"), strict=True)
    vera = page_of(district, "vera")
    assert strict.post(vera, {"seen": 0, "districtwide": "on"}).status_code == 400
    assert strict.post(f"{vera}view-as/").status_code == 400
    assert (GrantChange.objects.count(), View.objects.count()) == (0, 0)


def test_the_way_to_access_is_shown_to_project_leads_only(district: District, ursula: Client) -> None:
    way = '<a href="/students/access/"'
    assert way in text(ursula, "/profile/")
    assert way not in text(signed_in(district.person("rolf")), "/profile/")


def test_educators_are_listed_with_what_is_granted_and_found_by_it(ursula: Client) -> None:
    def logins(query: str) -> list[str]:
        rows = ursula.get(f"/students/access/educators.json{query}").json()["results"]
        return [row["login"] for row in rows]

    assert len(logins("")) == 15
    assert logins("?q=Brook") == ["alma", "lorna", "silas", "sven", "ursula", "vera"]
    assert logins("?q=housemaster") == ["hanna", "selma"]
    assert logins("?q=housemaster&sort=-name") == ["selma", "hanna"]
    assert "Nobody has this in their name" in text(ursula, "/students/access/?q=zzz")
    (row,) = ursula.get("/students/access/educators.json?q=hanna").json()["results"]
    assert row == {
        "name": "Hannason, Hanna",
        "login": "hanna",
        "school": "Lake High School",
        "grants": "schoolwide reads_restricted_notes label:feed_by_house label:housemaster",
        "is_administrator": False,
        "is_present": True,
        "has_account": True,
    }
    page = text(ursula, "/students/access/?q=hanna")
    assert "Schoolwide, Reads restricted notes, Feed by house, Housemaster" in page


def test_a_list_asks_the_database_as_often_for_one_as_for_many(ursula: Client, district: District) -> None:
    counts = []
    for extra in (0, 3):
        for number in range(extra):
            more = an_educator(f"extra{number}", district.schools["brook"], schoolwide=True)
            give_label(more, "housemaster", COMMAND_LINE)
        change_grants(district.educators["vera"], COMMAND_LINE, schoolwide=bool(extra))
        for address in ("/students/access/", "/students/access/changes/", page_of(district, "vera")):
            text(ursula, address)
            with CaptureQueriesContext(connection) as queries:
                text(ursula, address)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_a_project_lead_grants_and_takes_and_each_change_is_told_with_who_did_it(
    district: District, ursula: Client
) -> None:
    vera = page_of(district, "vera")
    page = send(ursula, vera, schoolwide="on", grade_levels="5; kf 6", **{"label:housemaster": "on"})
    assert "The grants were saved." in page
    grants = grants_of(district.educators["vera"])
    assert (grants.schoolwide, grants.grade_levels) == (True, ["KF", "5", "6"])
    send(ursula, vera, schoolwide=False, grade_levels="", **{"label:housemaster": False})
    rows = ursula.get(f"{vera}changes.json").json()["results"]
    assert [
        (row["field"], row["before"], row["after"], row["changed_by"], row["through"]) for row in rows
    ] == [
        ("label:housemaster", "true", "false", "Ursula", "page"),
        ("grade_levels", "KF 5 6", "", "Ursula", "page"),
        ("schoolwide", "true", "false", "Ursula", "page"),
        ("label:housemaster", "false", "true", "Ursula", "page"),
        ("grade_levels", "", "KF 5 6", "Ursula", "page"),
        ("schoolwide", "false", "true", "Ursula", "page"),
    ]
    assert ursula.get("/students/access/changes/changes.json").json()["results"] == rows
    page = text(ursula, "/students/access/changes/")
    assert "KF, 5, 6" in page and "Housemaster" in page


def test_saving_what_nobody_changed_changes_nothing(district: District, ursula: Client) -> None:
    send(ursula, page_of(district, "hanna"))
    assert GrantChange.objects.count() == 0


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(district: District, ursula: Client) -> None:
    vera = page_of(district, "vera")
    change_grants(district.educators["vera"], COMMAND_LINE, districtwide=True)
    stale = dict(ursula.get(vera).context["form"].initial)
    change_grants(district.educators["vera"], COMMAND_LINE, districtwide=False)
    response = ursula.post(vera, {"seen": stale["seen"], "districtwide": "on", "schoolwide": "on"})
    assert "Somebody changed this meanwhile." in response.content.decode()
    assert not grants_of(district.educators["vera"]).districtwide
    assert not response.context["form"].initial["districtwide"]
    assert GrantChange.objects.count() == 2


def test_nobody_is_made_a_project_lead_on_a_page(district: District, ursula: Client) -> None:
    send(ursula, page_of(district, "vera"), sets_access="on")
    assert GrantChange.objects.count() == 0
    assert Grants.objects.filter(sets_access=True).count() == 1


def test_a_grade_that_is_none_and_a_narrowed_principal_are_refused_at_their_field(
    district: District, ursula: Client
) -> None:
    page = send(ursula, page_of(district, "lorna"), grade_levels="K2", only_english_learners="on")
    assert "“K2” is not a grade. Known are OOPK" in page
    assert "Leads a school, and cannot be narrowed to some of its students." in page
    assert GrantChange.objects.count() == 0


def test_what_a_principal_had_before_the_sis_called_them_one_can_be_kept_or_taken(
    district: District, ursula: Client
) -> None:
    Educator.objects.filter(login="alma").update(is_administrator=True)
    alma = page_of(district, "alma")
    assert "The grants were saved." in send(ursula, alma, schoolwide="on")
    assert "The grants were saved." in send(ursula, alma, only_english_learners=False)


def test_the_pages_speak_spanish(district: District, ursula: Client) -> None:
    Person.objects.filter(pk=district.person("ursula").pk).update(language="es")
    with translation.override("es"):
        page = text(ursula, page_of(district, "hanna"))
    assert "¿Qué puede ver más allá de su aula y sus secciones?" in page
    assert "Solo educación especial" in page


def test_who_sees_as_another_is_told_so_on_every_page_until_they_stop(
    district: District, ursula: Client
) -> None:
    banner = "You see students as Verason, Vera sees them."
    vera = page_of(district, "vera")
    assert "See as this educator" in text(ursula, vera)
    begun = ursula.post(f"{vera}view-as/")
    assert (begun.status_code, begun["Location"]) == (302, "/")
    assert banner in text(ursula, "/profile/")
    for address in addresses(district):
        assert ursula.get(address).status_code == 404, address
    stopped = ursula.post("/students/access/stop/")
    assert (stopped.status_code, stopped["Location"]) == (302, "/")
    assert banner not in text(ursula, "/profile/")
    assert ursula.get(vera).status_code == 200
    number = district.educators["vera"].pk
    assert list(View.objects.order_by("id").values_list("what", flat=True)) == [
        f"students/access/view-as/start educator {number}",
        f"students/access/view-as/stop educator {number}",
    ]


def test_seeing_as_another_ends_with_the_session(district: District, ursula: Client) -> None:
    ursula.post(f"{page_of(district, 'vera')}view-as/")
    ursula.post("/sign-out/")
    again = signed_in(district.person("ursula"))
    assert "You see students as" not in text(again, "/profile/")


def test_nobody_sees_as_themselves(district: District, ursula: Client) -> None:
    own = page_of(district, "ursula")
    assert "See as this educator" not in text(ursula, own)
    page = ursula.post(f"{own}view-as/", follow=True)
    assert "You cannot see pages as this educator." in page.content.decode()
    assert View.objects.count() == 0


def test_an_educator_who_is_not_there_is_not_there_for_project_leads_either(ursula: Client) -> None:
    for address in ("/students/access/999999/", "/students/access/999999/changes.csv"):
        assert ursula.get(address).status_code == 404
    assert ursula.post("/students/access/999999/view-as/").status_code == 404


def test_downloads_are_safe_against_formulas(district: District, ursula: Client) -> None:
    Educator.objects.filter(login="vera").update(full_name="=cmd()")
    lines = ursula.get("/students/access/educators.csv?q=cmd").content.decode().splitlines()
    assert lines[1].startswith("'=cmd()")
    assert (
        json.loads(ursula.get("/students/access/educators.json?q=cmd").content)["results"][0]["name"]
        == "=cmd()"
    )
