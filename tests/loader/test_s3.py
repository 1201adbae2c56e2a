"""The night's file out of a bucket: found by its day, sent while it comes, resumed, and sent once."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from staffroom.config import load_instance
from staffroom.loader import night
from staffroom.loader.night import Orders, Result
from staffroom.tally import Counts, Silent
from tests.intake.conftest import Bucket, bucket, s3_address
from tests.loader.conftest import LoaderInstance
from tests.loader.files import student, text, zipped
from tests.loader.receiver import Receiver
from tests.servers.relay import relay

__all__ = ["bucket", "s3_address"]

TONIGHT = date(2017, 10, 5)
KEY = "outgoing/students/CA_students_%Y%m%d.zip"

Deliver = Callable[[int, date], None]


@pytest.fixture
def from_s3(instance: LoaderInstance, receiver: Receiver, bucket: Bucket) -> LoaderInstance:
    settle(instance, receiver, bucket, bucket.settings.endpoint_url)
    return instance


def settle(instance: LoaderInstance, receiver: Receiver, bucket: Bucket, endpoint: str) -> None:
    instance.set(
        receiver,
        loader=f'source = "s3"\nremote_path = "{KEY}"\nlatest = true',
        api=f"""[loader.s3]
bucket = "{bucket.settings.bucket}"
endpoint_url = "{endpoint}"
region = "us-east-1"
access_key_secret = "s3_key"
secret_key_secret = "s3_secret"
""",
    )
    secrets = instance.root / "secrets.toml"
    secrets.write_text(f'{secrets.read_text()}s3_key = "ada"\ns3_secret = "difference engine"\n')


@pytest.fixture
def deliver(bucket: Bucket) -> Deliver:
    """Puts a file of so many students there, as of a day."""

    def delivered(count: int, day: date) -> None:
        names = random.Random(7)
        rows = [student(number, MiddleName=f"{names.getrandbits(200):x}") for number in range(count)]
        bucket.put(day.strftime(KEY), zipped({"students.csv": text(rows).encode("latin1")}))

    return delivered


def run(instance: LoaderInstance, day: date = TONIGHT) -> Result:
    return night.fetch_and_send(load_instance(instance.root, {}), Orders(day), Silent())


def test_the_file_of_the_night_is_sent_and_the_same_one_is_not_sent_again(
    from_s3: LoaderInstance, receiver: Receiver, deliver: Deliver
) -> None:
    deliver(7, date(2017, 10, 4))
    deliver(250, TONIGHT)
    assert run(from_s3).counts == Counts(250, 250, 0, 0)
    assert receiver.taken.ids == [f"{2_000_000_000 + number}" for number in range(250)]
    before = receiver.count
    again = run(from_s3)
    assert (again.label, again.counts) == ("Sent before, --again sends it anew", Counts(250, 0, 250, 0))
    assert receiver.count == before


def test_the_newest_is_taken_where_tonight_s_is_not_there(
    from_s3: LoaderInstance, receiver: Receiver, deliver: Deliver
) -> None:
    for count, day in ((3, date(2017, 10, 3)), (5, date(2017, 10, 4)), (9, date(2017, 10, 6))):
        deliver(count, day)
    assert run(from_s3).counts == Counts(5, 5, 0, 0)


def test_another_content_under_the_same_key_is_another_run(
    from_s3: LoaderInstance, receiver: Receiver, deliver: Deliver
) -> None:
    deliver(3, TONIGHT)
    run(from_s3)
    deliver(4, TONIGHT)
    assert run(from_s3).counts == Counts(4, 4, 0, 0)
    assert receiver.taken.ids.count("2000000000") == 2


def test_a_line_that_breaks_is_taken_up_again_where_it_broke(
    instance: LoaderInstance, receiver: Receiver, bucket: Bucket, deliver: Deliver
) -> None:
    deliver(20_000, TONIGHT)
    port = urlsplit(bucket.settings.endpoint_url).port
    assert port is not None
    with relay(port, fault="reset", after_bytes=700_000, faults=2) as broken:
        settle(instance, receiver, bucket, f"http://127.0.0.1:{broken}")
        assert run(instance).counts == Counts(20_000, 20_000, 0, 0)
    assert receiver.taken.ids == [f"{2_000_000_000 + number}" for number in range(20_000)]
    target = Path(instance.root / "loader" / "files" / "CA_students_20171005.zip")
    stored = bucket.client.get_object(Bucket=bucket.settings.bucket, Key=TONIGHT.strftime(KEY))
    assert target.read_bytes() == stored["Body"].read()


def test_a_dry_run_and_a_check_name_the_file(
    from_s3: LoaderInstance, receiver: Receiver, deliver: Deliver
) -> None:
    deliver(3, TONIGHT)
    done = from_s3.run("loader", "check")
    (file,) = [line for line in done.out if "file:" in line]
    assert file.startswith("good  file: outgoing/students/CA_students_20171005.zip, ")
    rehearsed = night.fetch_and_send(
        load_instance(from_s3.root, {}), Orders(TONIGHT, rehearsal=True), Silent()
    )
    assert (rehearsed.told["would_send"], receiver.count) == (3, 0)
