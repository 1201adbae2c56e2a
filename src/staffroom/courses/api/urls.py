"""The addresses of the API, under ``api/v1/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from staffroom.courses.api import views
from staffroom.courses.api.metrics import COURSE_METRICS, INSTITUTION_METRICS

_COURSE = "courses/<course:course>/"

urlpatterns: list[URLPattern] = [
    path("schema/", views.Schema.as_view(), name="api-schema"),
    path("courses/", views.course_list.as_view(), name="api-courses"),
]
for _metric in COURSE_METRICS:
    _view, _route = views.course_rows(_metric).as_view(), f"{_COURSE}metrics/{_metric.name}"
    urlpatterns += [
        path(f"{_route}/", _view, name=f"api-{_metric.name}"),
        path(f"{_route}.csv", _view, {"format": "csv"}, name=f"api-{_metric.name}.csv"),
    ]
for _metric in INSTITUTION_METRICS:
    _view, _route = views.institution_rows(_metric).as_view(), f"metrics/{_metric.name}"
    urlpatterns += [
        path(f"{_route}/", _view, name=f"api-{_metric.name}"),
        path(f"{_route}.csv", _view, {"format": "csv"}, name=f"api-{_metric.name}.csv"),
    ]
urlpatterns += [
    path(f"{_COURSE}metrics/", views.metric_list.as_view(), name="api-metrics"),
    path(_COURSE, views.course_detail.as_view(), name="api-course"),
]
