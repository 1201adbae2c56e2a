"""The addresses of students, of access to them, and of their imports."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from staffroom.students.pages.changes import changes
from staffroom.students.pages.educator import educator, stop_view_as, view_as
from staffroom.students.pages.educators import access_list
from staffroom.students.pages.imports import imports
from staffroom.students.pages.my_students import my_students
from staffroom.students.pages.one_import import one_import
from staffroom.students.pages.profile import profile
from staffroom.web.faces import page_urls

app_name = "students"

EDUCATOR = "students/access/<int:educator>/"

urlpatterns: list[URLPattern | URLResolver] = [
    *page_urls("students/mine/", my_students, name="mine"),
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
