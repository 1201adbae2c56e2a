"""The district's exports: whole tables as CSV and JSON, each download in the audit trail."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.exports import EXPORTS
from staffroom.students.models import Incident
from staffroom.students.pages.area import Visit
from staffroom.students.pages.district import district_page, for_districtwide
from staffroom.students.pages.roster import basis_of
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("export", msg("Export"), Kind.TEXT),
    Column("holds", msg("One row"), Kind.TEXT),
    Column("rows", msg("Rows"), Kind.COUNT),
    Column("csv", msg("CSV"), Kind.TEXT),
    Column("json", msg("JSON"), Kind.TEXT),
)
ABOUT = {
    "students": (
        msg("Students"),
        msg("an active student, with all that the student information system says and what was counted"),
    ),
    "discipline": (msg("Discipline"), msg("an incident, with all that is known of the student")),
}
ANSWER = plural("{count} export can be downloaded.", "{count} exports can be downloaded.")


@for_districtwide
def exports(visit: Visit) -> Page:
    """Whole tables of the district to download."""
    if visit.face == "html":
        return district_page(visit, "district-exports", {"exports": lambda: _list(visit)})
    made = {name: partial(_export, visit, name) for name in EXPORTS}
    return district_page(visit, "district-exports", {"exports": lambda: _list(visit), **made})


def _list(visit: Visit) -> Section:
    incidents = Incident.objects.current().filter(student__in=visit.students.order_by().values("pk"))
    counts = {"students": visit.students.count(), "discipline": incidents.count()}
    address = reverse("students:district-exports")
    return Section(
        slug="exports",
        title=msg("Exports"),
        question=msg("What can be taken into a spreadsheet?"),
        answer=say_count(ANSWER, len(EXPORTS)),
        table=Table(
            columns=COLUMNS,
            rows=[
                {
                    "name": name,
                    "export": say(ABOUT[name][0]),
                    "holds": say(ABOUT[name][1]),
                    "rows": counts[name],
                    "csv": f"{name}.csv",
                    "json": f"{name}.json",
                }
                for name in EXPORTS
            ],
            links={
                "csv": lambda row: f"{address}{row['csv']}",
                "json": lambda row: f"{address}{row['json']}",
            },
        ),
    )


def _export(visit: Visit, name: str) -> Section:
    made = EXPORTS[name](visit.students, basis_of(visit))
    visit.record_ids(f"students/district/exports/{name}", made.local_ids)
    return Section(
        slug=name,
        title=ABOUT[name][0],
        question="",
        answer="",
        table=Table(columns=made.columns, rows=made.rows),
    )
