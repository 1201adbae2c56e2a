"""A run of the loader is stopped from its page, and goes on from there: nobody is sent twice or left out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from staffroom.config import Instance
from staffroom.jobs import runs
from staffroom.jobs.models import Run
from tests.jobs.conftest import soon
from tests.loader.conftest import receiver, started_receiver
from tests.loader.files import student
from tests.loader.receiver import Receiver
from tests.operations.pages.loader import set_up, work
from tests.operations.pages.test_loader import press
from tests.operations.pages.test_pages import text

__all__ = ["receiver", "soon", "started_receiver"]

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "audit"])

Soon = Callable[[Callable[[], bool]], None]


@contextmanager
def working(lake: Instance) -> Any:
    """A worker beside the block."""

    def go() -> None:
        try:
            work(lake)
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        thread.join(timeout=60)


def test_stopped_in_the_middle_it_goes_on_and_sends_each_student_once(
    lake: Instance, ada: Client, receiver: Receiver, soon: Soon
) -> None:
    rows = [student(n) for n in range(4000)]
    set_up(lake, receiver, *rows)
    receiver.wish(slow_seconds=0.4)
    press(ada, "send")
    with working(lake):
        soon(lambda: len(receiver.taken.students) >= 300)
        page = text(ada, reverse("loader"))
        assert "Send students: It is running." in page
        page = ada.post(reverse("loader-stop"), follow=True).content.decode()
        assert "The run was asked to stop." in page
    run = Run.objects.get()
    assert run.state == "stopped"
    before = len(receiver.taken.students)
    assert 300 <= before < 4000
    page = text(ada, reverse("loader"))
    assert "students.csv is not complete" in page
    assert "Go on" in page

    receiver.wish()
    assert "The run waits for a worker to go on." in press(ada, "resume")
    work(lake)
    assert receiver.taken.ids == sorted(row["SSID"] for row in rows)
    page = text(ada, reverse("loader"))
    assert "students.csv is done: 4,000 rows read, 4,000 taken, 0 unchanged, 0 set aside." in page
    assert "Go on" not in page


def test_what_waits_is_stopped_at_once_and_a_second_stop_says_so(
    lake: Instance, ada: Client, receiver: Receiver
) -> None:
    set_up(lake, receiver, student(1))
    press(ada, "send")
    assert "The run was asked to stop." in ada.post(reverse("loader-stop"), follow=True).content.decode()
    assert "The run had ended already." in ada.post(reverse("loader-stop"), follow=True).content.decode()
    work(lake)
    assert receiver.taken.students == []
    assert Run.objects.get().state == "stopped"


def test_going_on_tomorrow_is_about_the_file_of_the_run_that_was_stopped(
    lake: Instance, ada: Client, receiver: Receiver
) -> None:
    sftp = {"host": "sftp.example", "user": "lake"}
    set_up(lake, receiver, source="sftp", remote_path="out/students_%Y%m%d.zip", sftp=sftp)
    press(ada, "send")
    run = Run.objects.get()
    path = run.arguments["remotepath"]
    assert path.startswith("out/students_2") and "%" not in path
    Run.objects.filter(id=run.id).update(arguments={"remotepath": "out/students_20260901.zip"})
    runs.request_stop(run.id)
    press(ada, "resume")
    assert Run.objects.all()[0].arguments == {"remotepath": "out/students_20260901.zip"}
