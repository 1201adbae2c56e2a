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
for _metrics, _view_of, _before in (
    (COURSE_METRICS, views.course_rows, f"{_COURSE}metrics/"),
    (INSTITUTION_METRICS, views.institution_rows, "metrics/"),
):
    for _metric in _metrics:
        _view, _name = _view_of(_metric), f"api-{_metric.name}"
        urlpatterns += [
            path(f"{_before}{_metric.name}/", _view.as_view(), name=_name),
            path(
                f"{_before}{_metric.name}.csv",
                _view.as_view(schema=None),
                {"format": "csv"},
                name=f"{_name}.csv",
            ),
        ]
urlpatterns += [
    path(f"{_COURSE}metrics/", views.metric_list.as_view(), name="api-metrics"),
    path(_COURSE, views.course_detail.as_view(), name="api-course"),
]
