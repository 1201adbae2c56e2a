"""Which columns of a table are shown, and that forms keep what the address says besides."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.template import RequestContext
from django.test import RequestFactory

from staffroom.metrics.declaration import Column, Kind
from staffroom.web.choice import ColumnChoice
from staffroom.web.templatetags.web import kept_parameters

OFFERED = tuple(Column(name, name.title(), Kind.TEXT) for name in ("grade", "school", "lunch"))


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("", {"grade"}),
        ("columns=school&columns=lunch", {"school", "lunch"}),
        ("columns=school,lunch", {"school", "lunch"}),
        ("columns=school&columns=secret", {"school"}),
        ("columns=secret", {"grade"}),
        ("columns=", {"grade"}),
    ],
)
def test_the_address_chooses_among_what_is_offered(query: str, chosen: set[str]) -> None:
    choice = ColumnChoice.read(QueryDict(query), OFFERED, usual=("grade", "gone"))
    assert choice.chosen == chosen


def test_a_form_keeps_every_value_of_a_repeated_parameter_and_no_page() -> None:
    request = RequestFactory().get("/?grade=9&grade=10&q=x&page=2&slices-page=3&sort=-name")
    kept = kept_parameters(RequestContext(request, {"request": request}), "q")
    assert kept == [("grade", "9"), ("grade", "10"), ("sort", "-name")]
