"""The addresses of students, of access to them, and of their imports."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from staffroom.students.pages.changes import changes
from staffroom.students.pages.district import district, enrollment, homerooms
from staffroom.students.pages.educator import educator, stop_view_as, view_as
from staffroom.students.pages.educator_card import educator_card
from staffroom.students.pages.educators import access_list
from staffroom.students.pages.exports import exports
from staffroom.students.pages.homeroom import homeroom
from staffroom.students.pages.imports import imports
from staffroom.students.pages.my_sections import my_sections
from staffroom.students.pages.my_students import my_students
from staffroom.students.pages.one_import import one_import
from staffroom.students.pages.profile import profile
from staffroom.students.pages.school import school
from staffroom.students.pages.schools import schools
from staffroom.students.pages.section import section
from staffroom.web.faces import page_urls

app_name = "students"

EDUCATOR = "students/access/<int:educator>/"

urlpatterns: list[URLPattern | URLResolver] = [
    *page_urls("students/mine/", my_students, name="mine"),
    *page_urls("students/district/", district, name="district"),
    *page_urls("students/district/enrollment/", enrollment, name="district-enrollment"),
    *page_urls("students/district/homerooms/", homerooms, name="district-homerooms"),
    *page_urls("students/district/exports/", exports, name="district-exports"),
    *page_urls("students/educators/<int:educator>/", educator_card, name="educator"),
    *page_urls("students/schools/", schools, name="schools"),
    *page_urls("students/schools/<slug:slug>/", school, name="school"),
    *page_urls("students/homerooms/<int:homeroom>/", homeroom, name="homeroom"),
    *page_urls("students/sections/", my_sections, name="sections"),
    *page_urls("students/sections/<int:number>/", section, name="section"),
    *page_urls("students/<int:student>/", profile, name="student"),
    *page_urls("students/access/", access_list, name="access"),
    *page_urls("students/access/changes/", changes, name="access-changes"),
    path(EDUCATOR, educator, name="access-educator"),
    path(f"{EDUCATOR}<slug:section>.<face:face>", educator, name="access-educator-face"),
    path(f"{EDUCATOR}view-as/", view_as, name="access-view-as"),
    path("students/access/stop/", stop_view_as, name="access-view-as-stop"),
    *page_urls("students/imports/", imports, name="imports"),
    *page_urls("students/imports/<int:number>/", one_import, name="import"),
]
