"""Pages that belong together show the ways to each other."""

from __future__ import annotations

from staffroom.web.pages import Crumb, Tab
from staffroom.web.tabs import page_among

TABS = {"runs": Tab("Runs", "/runs/"), "people": Tab("People", "/people/")}


def test_a_page_is_the_current_one_of_its_tabs() -> None:
    page = page_among(TABS, "people", {}, file_name="people", lead="Who signs in.")
    assert (page.title, page.lead, page.crumbs) == ("People", "Who signs in.", ())
    assert page.tabs == (Tab("Runs", "/runs/"), Tab("People", "/people/", current=True))


def test_a_page_below_leads_back_to_it() -> None:
    page = page_among(TABS, "people", {}, file_name="people", title="Ada")
    assert (page.title, page.crumbs) == ("Ada", (Crumb("People", "/people/"),))
    assert [tab.current for tab in page.tabs] == [False, True]
