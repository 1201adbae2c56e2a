"""The addresses of the registry: its interface, the one that older loaders know, its pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from staffroom.registry.api import views
from staffroom.registry.pages.batch import batch
from staffroom.registry.pages.batches import batches
from staffroom.registry.pages.eligibility import eligibility
from staffroom.registry.pages.student import student
from staffroom.registry.pages.students import students
from staffroom.registry.paths import BatchConverter, SsidConverter, StateConverter
from staffroom.web.faces import page_urls

register_converter(StateConverter, "state")
register_converter(SsidConverter, "ssid")
register_converter(BatchConverter, "batch")

app_name = "registry"

own = [
    path("token", views.access_tokens.as_view(), name="api-token"),
    path("batches/<batch:batch>", views.batch_status.as_view(), name="api-batch"),
    path("batches/<batch:batch>/errors", views.batch_errors.as_view(), name="api-batch-errors"),
    path("<state:state>/students/batch", views.student_batch.as_view(), name="api-students-batch"),
    path("<state:state>/students/<ssid:ssid>", views.one_student.as_view(), name="api-student"),
]
known_before = [
    path("batch/<batch:batch>", views.known_status.as_view(), name="known-status"),
    path("<state:state>", views.known_upsert.as_view(), name="known-upsert"),
    path("<state:state>/batch", views.known_batch.as_view(), name="known-batch"),
    path("<state:state>/<ssid:ssid>", views.known_student.as_view(), name="known-student"),
]
pages = [
    *page_urls("", students, "students"),
    *page_urls("batches/", batches, "batches"),
    *page_urls("batches/<batch:batch>/", batch, "batch"),
    *page_urls("eligibility/", eligibility, "eligibility"),
    *page_urls("<state:state>/<ssid:ssid>/", student, "student"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/registry/", include(own)),
    path("rest/external/student/", include(known_before)),
    path("auth/oauth2/access_token", views.access_tokens.as_view(), name="known-token"),
    path("registry/", include(pages)),
]
