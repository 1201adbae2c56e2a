"""The addresses of students, of access to them, and of their imports."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from staffroom.students.pages.access_overview import access_overview
from staffroom.students.pages.assessments import assessments
from staffroom.students.pages.attendance import attendance
from staffroom.students.pages.behavior import behavior
from staffroom.students.pages.changes import changes
from staffroom.students.pages.dashboard_attendance import absences, tardies
from staffroom.students.pages.dashboard_discipline import discipline
from staffroom.students.pages.deciding import approve, refuse
from staffroom.students.pages.district import district, enrollment, homerooms
from staffroom.students.pages.educator import educator, stop_view_as, view_as
from staffroom.students.pages.educator_card import educator_card
from staffroom.students.pages.educators import access_list
from staffroom.students.pages.exports import exports
from staffroom.students.pages.grades import grades
from staffroom.students.pages.home import students_home
from staffroom.students.pages.homeroom import homeroom
from staffroom.students.pages.imports import imports
from staffroom.students.pages.labels import labels
from staffroom.students.pages.my_notes import my_notes
from staffroom.students.pages.my_sections import my_sections
from staffroom.students.pages.my_students import my_students
from staffroom.students.pages.note import mark, note, restricted
from staffroom.students.pages.notes import note_draft, notes
from staffroom.students.pages.one_import import one_import
from staffroom.students.pages.profile import profile
from staffroom.students.pages.sample import sample
from staffroom.students.pages.school import school
from staffroom.students.pages.schools import schools
from staffroom.students.pages.search import search
from staffroom.students.pages.section import section
from staffroom.students.pages.student_documents import document, photo
from staffroom.students.pages.student_services import end, student_services
from staffroom.students.pages.trail import trail
from staffroom.students.pages.who_sees import who_sees
from staffroom.web.faces import page_urls

app_name = "students"

EDUCATOR = "students/access/<int:educator>/"
SCHOOL = "students/schools/<slug:slug>/"
STUDENT = "students/<int:student>/"
NOTE = f"{STUDENT}notes/<int:note>/"
FACE = "<slug:section>.<face:face>"

urlpatterns: list[URLPattern | URLResolver] = [
    *page_urls("students/", students_home, name="home"),
    *page_urls("students/mine/", my_students, name="mine"),
    *page_urls("students/search/", search, name="search"),
    *page_urls("students/district/", district, name="district"),
    *page_urls("students/district/enrollment/", enrollment, name="district-enrollment"),
    *page_urls("students/district/homerooms/", homerooms, name="district-homerooms"),
    *page_urls("students/district/exports/", exports, name="district-exports"),
    *page_urls("students/educators/<int:educator>/", educator_card, name="educator"),
    *page_urls("students/schools/", schools, name="schools"),
    *page_urls(SCHOOL, school, name="school"),
    *page_urls(f"{SCHOOL}absences/", absences, name="absences"),
    *page_urls(f"{SCHOOL}tardies/", tardies, name="tardies"),
    *page_urls(f"{SCHOOL}discipline/", discipline, name="discipline"),
    *page_urls("students/homerooms/<int:homeroom>/", homeroom, name="homeroom"),
    *page_urls("students/sections/", my_sections, name="sections"),
    *page_urls("students/sections/<int:number>/", section, name="section"),
    *page_urls("students/notes/", my_notes, name="my-notes"),
    *page_urls(STUDENT, profile, name="student"),
    *page_urls(f"{STUDENT}attendance/", attendance, name="student-attendance"),
    *page_urls(f"{STUDENT}behavior/", behavior, name="student-behavior"),
    *page_urls(f"{STUDENT}grades/", grades, name="student-grades"),
    *page_urls(f"{STUDENT}assessments/", assessments, name="student-assessments"),
    *page_urls(f"{STUDENT}who-sees/", who_sees, name="student-who-sees"),
    path(f"{STUDENT}photo", photo, name="photo"),
    path(f"{STUDENT}documents/<int:document>", document, name="document"),
    path(f"{STUDENT}notes/", notes, name="student-notes"),
    path(f"{STUDENT}notes/{FACE}", notes, name="student-notes-face"),
    path(f"{STUDENT}notes/draft", note_draft, name="note-draft"),
    path(NOTE, note, name="note"),
    path(f"{NOTE}{FACE}", note, name="note-face"),
    path(f"{NOTE}restricted", restricted, name="note-restricted"),
    path(f"{NOTE}mark", mark, name="note-mark"),
    path(f"{STUDENT}services/", student_services, name="student-services"),
    path(f"{STUDENT}services/{FACE}", student_services, name="student-services-face"),
    path(f"{STUDENT}services/<int:service>/end", end, name="service-end"),
    *page_urls("students/access/", access_list, name="access"),
    *page_urls("students/access/overview/", access_overview, name="access-overview"),
    *page_urls("students/access/labels/", labels, name="access-labels"),
    *page_urls("students/access/changes/", changes, name="access-changes"),
    path(EDUCATOR, educator, name="access-educator"),
    path(f"{EDUCATOR}{FACE}", educator, name="access-educator-face"),
    path(f"{EDUCATOR}view-as/", view_as, name="access-view-as"),
    path("students/access/stop/", stop_view_as, name="access-view-as-stop"),
    *page_urls("students/trail/", trail, name="trail"),
    *page_urls("students/sample/", sample, name="sample"),
    *page_urls("students/imports/", imports, name="imports"),
    *page_urls("students/imports/<int:number>/", one_import, name="import"),
    path("students/imports/<int:number>/approve", approve, name="import-approve"),
    path("students/imports/<int:number>/refuse", refuse, name="import-refuse"),
]
