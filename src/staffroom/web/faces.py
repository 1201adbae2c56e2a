"""The faces of a page: itself as HTML, and each of its sections as CSV, JSON and SVG at the same address.

``…/engagement/`` is the page, ``…/engagement/weeks.csv`` its section ``weeks`` as CSV. A page is a function
from the request to a ``Page``; it checks access first, so that every face has passed the same check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_safe

from staffroom.web.drawing import svg_response
from staffroom.web.pages import Page
from staffroom.web.paging import ROWS_A_PAGE, Paging, page_of
from staffroom.web.raw import csv_text, json_rows, json_value
from staffroom.web.sections import Section

MakePage = Callable[..., Page | HttpResponseBase]


def respond(request: HttpRequest, page: Page, section: str = "", face: str = "html") -> HttpResponseBase:
    """The page, or one ``section`` of it as ``face``: csv, json or svg. Unknown names are 404."""
    if face == "html":
        return _html(request, page)
    made = page.section(section)
    if made is None:
        raise Http404
    return _FACES[face](request, page, made)


def page_urls(route: str, make: MakePage, name: str) -> list[URLPattern]:
    """The address patterns of a page and its faces. ``route`` ends with a slash or is empty.

    ``make(request, **parts of the route)`` returns the page, or an answer of its own (a redirect).
    """

    @require_safe
    def view(request: HttpRequest, section: str = "", face: str = "html", **parts: Any) -> HttpResponseBase:
        page = make(request, **parts)
        return respond(request, page, section, face) if isinstance(page, Page) else page

    update_wrapper(view, make)  # so that a list of routes can say what the page answers
    faces = f"{route}<slug:section>.<face:face>"
    return [path(route, view, name=name), path(faces, view, name=f"{name}-face")]


def _html(request: HttpRequest, page: Page) -> HttpResponse:
    sections = [_in_pages(request, build()) for build in page.sections.values()]
    return render(request, page.template, {**page.context, "page": page, "sections": sections})


def _in_pages(request: HttpRequest, section: Section) -> Section:
    """The section with one page of its table, where that is long and does not come in pages already."""
    table = section.table
    if table.paging is not None or len(table.rows) <= ROWS_A_PAGE:
        return section
    return replace(section, table=table.in_pages(Paging.of(request, parameter=page_of(section.slug))))


def _csv(request: HttpRequest, page: Page, section: Section) -> HttpResponse:  # noqa: ARG001 - every face is given it
    response = HttpResponse(csv_text(section.table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.file_name}-{section.slug}.csv"'
    return response


def _json(request: HttpRequest, page: Page, section: Section) -> HttpResponse:  # noqa: ARG001 - every face is given it
    freshness = page.freshness
    return JsonResponse(
        {
            "section": section.slug,
            "metric": section.metric.name if section.metric else None,
            "through": json_value(freshness.through) if freshness else None,
            "computed_at": json_value(freshness.computed_at) if freshness else None,
            "columns": [
                {"name": column.name, "kind": column.kind.value, "unit": column.unit}
                for column in section.table.columns
            ],
            "results": json_rows(section.table),
        }
    )


def _svg(request: HttpRequest, page: Page, section: Section) -> HttpResponseBase:  # noqa: ARG001 - every face is given it
    if section.chart is None or not section.table.rows:
        raise Http404
    return svg_response(request, section.chart)


_FACES: dict[str, Callable[[HttpRequest, Page, Section], HttpResponseBase]] = {
    "csv": _csv,
    "json": _json,
    "svg": _svg,
}


class FaceConverter:
    """The suffix of a face in an address pattern, registered as ``face``."""

    regex = "csv|json|svg"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FaceConverter, "face")
