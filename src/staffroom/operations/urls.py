"""The addresses of operations: runs, deliveries, rejects, the loader, the trail, settings, condition."""

from __future__ import annotations

from django.urls import path

from staffroom.operations.pages.condition import condition
from staffroom.operations.pages.course_staff import course_staff, give_course
from staffroom.operations.pages.deliveries import deliveries
from staffroom.operations.pages.loader import loader
from staffroom.operations.pages.loader_actions import start_loader, stop_loader
from staffroom.operations.pages.loader_run import loader_report, loader_run
from staffroom.operations.pages.loader_settings import loader_settings_page, save_loader_settings
from staffroom.operations.pages.people import add_person, people
from staffroom.operations.pages.person import person
from staffroom.operations.pages.rejects import rejects, rejects_file
from staffroom.operations.pages.run import run, run_log, stop_run
from staffroom.operations.pages.runs import runs, start_nightly
from staffroom.operations.pages.settings import settings
from staffroom.operations.pages.tokens import tokens
from staffroom.operations.pages.trail import trail
from staffroom.web.faces import page_urls

urlpatterns = [
    *page_urls("runs/", runs, "runs"),
    path("runs/start/", start_nightly, name="start-nightly"),
    *page_urls("runs/<uuid:run>/", run, "run"),
    path("runs/<uuid:run>/stop/", stop_run, name="stop-run"),
    path("runs/<uuid:run>/whole.log", run_log, name="run-log"),
    *page_urls("deliveries/", deliveries, "deliveries"),
    *page_urls("deliveries/<slug:digest>/", rejects, "rejects"),
    path("deliveries/<slug:digest>/rejects.log", rejects_file, name="rejects-file"),
    *page_urls("loader/", loader, "loader"),
    path("loader/start/", start_loader, name="loader-start"),
    path("loader/stop/", stop_loader, name="loader-stop"),
    *page_urls("loader/settings/", loader_settings_page, "loader-settings"),
    path("loader/settings/<slug:group>/", save_loader_settings, name="loader-settings-save"),
    *page_urls("loader/runs/<slug:run>/", loader_run, "loader-run"),
    path("loader/runs/<slug:run>/report/", loader_report, name="loader-report"),
    *page_urls("people/", people, "people"),
    path("people/add/", add_person, name="person-add"),
    path("people/<int:person>/", person, name="person"),
    *page_urls("people/courses/", course_staff, "course-staff"),
    path("people/courses/give/", give_course, name="course-staff-give"),
    *page_urls("people/tokens/", tokens, "tokens"),
    *page_urls("trail/", trail, "trail"),
    *page_urls("settings/", settings, "settings"),
    *page_urls("condition/", condition, "condition"),
]
