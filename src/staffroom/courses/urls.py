"""The addresses of a course's pages, under ``courses/``, and of the data API, under ``api/v1/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from staffroom.courses.pages.engagement import engagement
from staffroom.courses.pages.enrolment import enrolment
from staffroom.courses.pages.home import home
from staffroom.courses.pages.time import time
from staffroom.courses.pages.video import video
from staffroom.courses.pages.videos import videos
from staffroom.courses.pages.visits import visits
from staffroom.courses.paths import BlockConverter, CourseConverter
from staffroom.web.faces import page_urls

register_converter(CourseConverter, "course")
register_converter(BlockConverter, "block")

app_name = "courses"

pages = [
    *page_urls("<course:course>/enrolment/", enrolment, "enrolment"),
    *page_urls("<course:course>/engagement/", engagement, "engagement"),
    *page_urls("<course:course>/videos/", videos, "videos"),
    *page_urls("<course:course>/videos/<block:block>/", video, "video"),
    *page_urls("<course:course>/time/", time, "time"),
    *page_urls("<course:course>/visits/", visits, "visits"),
    *page_urls("<course:course>/", home, "home"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("courses/", include(pages)),
    path("api/v1/", include("staffroom.courses.api.urls")),
]
