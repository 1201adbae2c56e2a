"""Files of an S3 store: listed however many there are, read in ranges, known by version and digest."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from staffroom.config import Instance
from staffroom.errors import SettingsError, StaffroomError
from staffroom.intake.downloads.download import download, part_of
from staffroom.intake.names import find
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    CredentialsMissing,
    HostAway,
    HostNotFound,
    RemoteChanged,
    RemoteFileMissing,
    RemoteTimeout,
)
from staffroom.intake.servers.remote import RemoteFile
from staffroom.intake.servers.running import run
from staffroom.intake.servers.s3 import open_s3
from staffroom.intake.servers.settings import S3Settings
from tests.intake.conftest import Bucket
from tests.servers.openssh import free_port
from tests.servers.relay import relay

CONTENT = random.Random(7).randbytes(9_000_000)


def listed(bucket: Bucket, instance: Instance, folder: str, beginning: str = "") -> list[str]:
    async def ask() -> list[str]:
        async with open_s3(bucket.settings, instance) as remote:
            return [file.path for file in await remote.list(folder, beginning)]

    return run(ask())


def described(settings: S3Settings, instance: Instance, path: str) -> RemoteFile:
    async def ask() -> RemoteFile:
        async with open_s3(settings, instance) as remote:
            return await remote.stat(path)

    return run(ask())


def content(bucket: Bucket, instance: Instance, path: str, offset: int = 0) -> bytes:
    async def read() -> bytes:
        async with open_s3(bucket.settings, instance) as remote:
            file = await remote.stat(path)
            return b"".join([block async for block in remote.read(file, offset)])

    return run(read())


def told(settings: S3Settings, instance: Instance, path: str = "x") -> StaffroomError:
    with pytest.raises(StaffroomError) as raised:
        described(settings, instance, path)
    return raised.value


def test_keys_are_listed_by_prefix_however_many(bucket: Bucket, with_keys: Instance) -> None:
    names = [f"logs/tracking.log-{number:04}" for number in range(1_002)]  # an answer holds 1,000
    with ThreadPoolExecutor(8) as threads:
        for name in (*names, "logs/other", "logs2/tracking.log-0001"):
            threads.submit(bucket.put, name, b"x")
    bucket.put("logs/folder/", b"")
    assert listed(bucket, with_keys, "logs", "tracking") == names
    assert listed(bucket, with_keys, "logs2") == ["logs2/tracking.log-0001"]
    assert listed(bucket, with_keys, "nothing") == []


def test_ranges_come_in_order_from_any_offset(bucket: Bucket, with_keys: Instance) -> None:
    bucket.put("big.bin", CONTENT)
    assert content(bucket, with_keys, "big.bin") == CONTENT
    assert content(bucket, with_keys, "big.bin", offset=4_567_890) == CONTENT[4_567_890:]

    async def middle() -> bytes:
        async with open_s3(bucket.settings, with_keys) as remote:
            return await remote.read_at(await remote.stat("big.bin"), 100, 50)

    assert run(middle()) == CONTENT[100:150]


def test_listing_and_describing_say_the_same(bucket: Bucket, with_keys: Instance) -> None:
    bucket.put("a/file", b"content")

    async def both() -> tuple[RemoteFile, RemoteFile]:
        async with open_s3(bucket.settings, with_keys) as remote:
            (in_list,) = await remote.list("a")
            return in_list, await remote.stat("a/file")

    in_list, alone = run(both())
    assert in_list.same_content(alone)
    assert alone.digest == f"md5:{hashlib.md5(b'content').hexdigest()}"


def test_the_digest_that_was_stored_is_checked_first(bucket: Bucket, with_keys: Instance) -> None:
    digest = hashlib.sha256(CONTENT)
    bucket.put("big.bin", CONTENT, ChecksumAlgorithm="SHA256")
    assert described(bucket.settings, with_keys, "big.bin").digest == f"sha256:{digest.hexdigest()}"


def test_an_object_of_several_parts_has_no_digest_of_its_whole(bucket: Bucket, with_keys: Instance) -> None:
    client, name = bucket.client, bucket.settings.bucket
    upload = client.create_multipart_upload(Bucket=name, Key="parts")["UploadId"]
    parts = []
    for number, data in enumerate((CONTENT[:5_300_000], CONTENT[5_300_000:]), 1):
        tag = client.upload_part(Bucket=name, Key="parts", UploadId=upload, PartNumber=number, Body=data)[
            "ETag"
        ]
        parts.append({"PartNumber": number, "ETag": tag})
    client.complete_multipart_upload(
        Bucket=name, Key="parts", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    assert described(bucket.settings, with_keys, "parts").digest is None
    assert content(bucket, with_keys, "parts") == CONTENT


def test_a_download_from_s3_is_resumed_and_verified(
    bucket: Bucket, with_keys: Instance, tmp_path: Path
) -> None:
    bucket.put("big.bin", CONTENT)
    target = tmp_path / "big.bin"

    async def fetch(stop_at: int = 0) -> int:
        def stop(size: int) -> None:
            if stop_at and size >= stop_at:
                raise ConnectionBroken("test", "broke.")

        async with open_s3(bucket.settings, with_keys) as remote:
            done = await download(remote, await remote.stat("big.bin"), target, appended=stop)
            assert done.digest == f"md5:{hashlib.md5(CONTENT).hexdigest()}"
            return done.resumed_at

    with pytest.raises(ConnectionBroken):
        run(fetch(stop_at=4_000_000))
    size = part_of(target).stat().st_size
    assert 4_000_000 <= size < len(CONTENT)
    assert run(fetch()) == size
    assert target.read_bytes() == CONTENT


def test_an_object_that_is_replaced_meanwhile_is_noticed(bucket: Bucket, with_keys: Instance) -> None:
    bucket.put("file", b"first content")
    file = described(bucket.settings, with_keys, "file")
    bucket.put("file", b"other content")

    async def read() -> None:
        async with open_s3(bucket.settings, with_keys) as remote:
            async for _ in remote.read(file):
                pass

    with pytest.raises(RemoteChanged, match="was changed while it was read"):
        run(read())


def test_a_date_in_the_key_finds_todays_and_the_latest(bucket: Bucket, with_keys: Instance) -> None:
    for day in ("2026/11/18", "2026/11/20", "2026/11/23"):
        bucket.put(f"exports/{day}/students.zip", b"x")
    pattern = "exports/%Y/%m/%d/students.zip"

    async def found(today: date, *, latest: bool) -> str:
        async with open_s3(bucket.settings, with_keys) as remote:
            return (await find(remote, pattern, today, latest=latest)).path

    today = date(2026, 11, 22)
    assert run(found(date(2026, 11, 20), latest=False)) == "exports/2026/11/20/students.zip"
    assert run(found(today, latest=True)) == "exports/2026/11/20/students.zip"
    with pytest.raises(RemoteFileMissing, match=r"exports/2026/11/22/students.zip: is not there"):
        run(found(today, latest=False))


def test_what_is_not_there_is_named(bucket: Bucket, with_keys: Instance) -> None:
    error = told(bucket.settings, with_keys, "gone")
    assert (type(error), error.place) == (RemoteFileMissing, f"s3://{bucket.settings.bucket} gone")

    async def listing() -> None:
        async with open_s3(replace(bucket.settings, bucket="no-such-bucket-here"), with_keys) as remote:
            await remote.list("")

    with pytest.raises(RemoteFileMissing, match="there is no such bucket"):
        run(listing())


def test_a_store_that_is_away(bucket: Bucket, with_keys: Instance) -> None:
    nobody = replace(bucket.settings, endpoint_url=f"http://127.0.0.1:{free_port()}")
    assert type(told(nobody, with_keys)) is HostAway
    nowhere = replace(bucket.settings, endpoint_url="http://no-such-host.invalid")
    assert type(told(nowhere, with_keys)) is HostNotFound


@pytest.mark.parametrize(("fault", "error"), [("reset", ConnectionBroken), ("stall", RemoteTimeout)])
def test_a_line_that_breaks_or_falls_silent(
    bucket: Bucket, with_keys: Instance, fault: str, error: type[StaffroomError]
) -> None:
    bucket.put("big.bin", CONTENT)
    port = int(bucket.settings.endpoint_url.rpartition(":")[2])
    with relay(port, fault=fault, after_bytes=500_000, faults=100) as through:
        settings = replace(bucket.settings, endpoint_url=f"http://127.0.0.1:{through}", silent_seconds=1)
        with pytest.raises(error):
            content(Bucket(bucket.client, settings), with_keys, "big.bin")


def test_credentials_come_from_secrets_a_file_or_the_environment(
    bucket: Bucket, instance: Instance, with_keys: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("file", b"x")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(instance.root / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(instance.root / "none"))
    assert described(bucket.settings, with_keys, "file").size == 1
    unnamed = replace(bucket.settings, access_key_secret="", secret_key_secret="")
    assert type(told(unnamed, instance, "file")) is CredentialsMissing
    (instance.root / "aws").write_text(
        "[default]\naws_access_key_id = ada\naws_secret_access_key = x\n"
        "[night]\naws_access_key_id = ada\naws_secret_access_key = x\n"
    )
    for profile in ("", "night"):
        from_file = replace(unnamed, credentials_file="aws", profile=profile)
        assert described(from_file, instance, "file").size == 1
    assert type(told(replace(unnamed, credentials_file="aws", profile="day"), instance)) is CredentialsMissing
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ada")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert described(unnamed, instance, "file").size == 1


class _Metadata(BaseHTTPRequestHandler):
    """What a machine with a role is told of itself."""

    def do_PUT(self) -> None:
        self._say("token")

    def do_GET(self) -> None:
        if self.path.endswith("/security-credentials/"):
            self._say("reader")
        else:
            credentials = {
                "Code": "Success",
                "AccessKeyId": "ada",
                "SecretAccessKey": "x",
                "Token": "t",
                "Expiration": "2099-01-01T00:00:00Z",
            }
            self._say(json.dumps(credentials))

    def _say(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing of it belongs into a test's output."""


def test_credentials_come_from_the_machines_role(
    bucket: Bucket, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("file", b"x")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(instance.root / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(instance.root / "none"))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Metadata) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}"
        )
        unnamed = replace(bucket.settings, access_key_secret="", secret_key_secret="")
        assert described(unnamed, instance, "file").size == 1
        server.shutdown()


def test_half_a_key_is_none(bucket: Bucket, with_keys: Instance) -> None:
    error = told(replace(bucket.settings, secret_key_secret=""), with_keys)
    assert (type(error), error.problem) == (SettingsError, "names one half of a key.")
