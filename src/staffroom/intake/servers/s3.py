"""Files of an S3 bucket, Amazon's or one that speaks the same, read in ranges that are under way at once."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import boto3
from botocore import exceptions as boto_errors
from botocore.config import Config

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.intake.servers.errors import RemoteChanged, ended_early
from staffroom.intake.servers.in_order import EndedEarly, Window, in_order
from staffroom.intake.servers.remote import Remote, RemoteFile
from staffroom.intake.servers.s3_errors import told
from staffroom.intake.servers.settings import S3Settings

WINDOW = Window(block=4 * 1024 * 1024, in_flight=8)

_MD5 = re.compile(r"[0-9a-f]{32}")
_AT_REST = (None, "AES256")
"""Encryptions under which an ETag is still the MD5 of the content."""
_CHANGED = "412"

T = TypeVar("T")


@asynccontextmanager
async def open_s3(settings: S3Settings, instance: Instance) -> AsyncIterator[Remote]:
    """Open the bucket; raises each failure as its own error of ``remote_errors``."""
    with ThreadPoolExecutor(WINDOW.in_flight, thread_name_prefix="s3") as threads:
        remote = _S3Remote(settings, threads)
        await remote.open(instance)
        try:
            yield remote
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _client(settings: S3Settings, instance: Instance) -> Any:
    """A client with the credentials that the settings name, else with those that AWS tools would find."""
    if not settings.bucket:
        raise SettingsError(settings.place, "lacks bucket.", next_step="Name the bucket.")
    session = boto3.Session(**_credentials(settings, instance))
    return session.client(
        "s3",
        region_name=settings.region or None,
        endpoint_url=settings.endpoint_url or None,
        config=Config(
            connect_timeout=settings.connect_seconds,
            read_timeout=settings.silent_seconds,
            max_pool_connections=WINDOW.in_flight,
            retries={"mode": "standard", "total_max_attempts": 3},
            # other stores know no flexible checksums, and some no names of buckets in their own name
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"} if settings.endpoint_url else {},
        ),
    )


def _credentials(settings: S3Settings, instance: Instance) -> dict[str, Any]:
    names = (settings.access_key_secret, settings.secret_key_secret)
    if any(names) and not all(names):
        raise SettingsError(
            settings.place,
            "names one half of a key.",
            next_step="Set access_key_secret and secret_key_secret.",
        )
    if all(names):
        return {
            "aws_access_key_id": instance.secret(names[0]),
            "aws_secret_access_key": instance.secret(names[1]),
        }
    if not settings.credentials_file:
        return {"profile_name": settings.profile} if settings.profile else {}
    import botocore.session

    path = instance.path(settings.credentials_file)
    if not path.is_file():
        raise SettingsError(str(path), "is not there.", next_step="Correct credentials_file.")
    session = botocore.session.Session(profile=settings.profile or None)
    session.set_config_variable("credentials_file", str(path))
    return {"botocore_session": session}


class _S3Remote:
    """A bucket as a ``Remote``: boto3 in threads of its own."""

    def __init__(self, settings: S3Settings, threads: ThreadPoolExecutor) -> None:
        self._settings, self._threads = settings, threads
        self._client: Any = None

    async def open(self, instance: Instance) -> None:
        with told(self._settings, ""):
            self._client = await self._asked(lambda: _client(self._settings, instance))

    @property
    def place(self) -> str:
        return self._settings.place

    async def list(self, folder: str, beginning: str = "") -> tuple[RemoteFile, ...]:
        """All keys below ``folder``, however many answers that takes; marks of folders left out."""
        prefix = f"{folder}/{beginning}" if folder else beginning
        with told(self._settings, folder):
            return await self._asked(lambda: tuple(self._listed(prefix)))

    def _listed(self, prefix: str) -> Iterator[RemoteFile]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._settings.bucket, Prefix=prefix):
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):
                    # second by second, as HeadObject says it too
                    modified_at = found["LastModified"].replace(microsecond=0)
                    yield RemoteFile(found["Key"], found["Size"], modified_at, found["ETag"].strip('"'))

    async def stat(self, path: str) -> RemoteFile:
        with told(self._settings, path):
            head = await self._asked(
                lambda: self._client.head_object(
                    Bucket=self._settings.bucket, Key=path, ChecksumMode="ENABLED"
                )
            )
        etag = head["ETag"].strip('"')
        modified_at = head["LastModified"].replace(microsecond=0)
        return RemoteFile(path, head["ContentLength"], modified_at, etag, _digest(head, etag))

    async def read(self, file: RemoteFile, offset: int = 0) -> AsyncGenerator[bytes, None]:
        async def read_at(start: int, length: int) -> bytes:
            return await self._asked(lambda: self._range(file, start, length))

        with told(self._settings, file.path):
            try:
                async with aclosing(in_order(read_at, offset, file.size, WINDOW)) as blocks:
                    async for block in blocks:
                        yield block
            except EndedEarly as error:
                raise ended_early(self.place, file, int(error.args[0])) from None

    async def read_at(self, file: RemoteFile, start: int, length: int) -> bytes:
        part = replace(file, size=min(file.size, start + length))
        async with aclosing(self.read(part, start)) as blocks:
            return b"".join([block async for block in blocks])

    async def digest(self, file: RemoteFile) -> str | None:
        return file.digest if file.digest is not None else (await self.stat(file.path)).digest

    def _range(self, file: RemoteFile, start: int, length: int) -> bytes:
        """A range of that version of the object, and of no other."""
        matching = {"IfMatch": f'"{file.version}"'} if file.version else {}
        try:
            answer = self._client.get_object(
                Bucket=self._settings.bucket,
                Key=file.path,
                Range=f"bytes={start}-{start + length - 1}",
                **matching,
            )
        except boto_errors.ClientError as error:
            if error.response.get("Error", {}).get("Code") in (
                "PreconditionFailed",
                _CHANGED,
                "InvalidRange",
            ):
                raise _changed(self.place, file) from None
            raise
        with answer["Body"] as body:
            return bytes(body.read())

    async def _asked(self, ask: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


def _changed(place: str, file: RemoteFile) -> RemoteChanged:
    return RemoteChanged(
        f"{place} {file.path}",
        "was changed while it was read.",
        happened="What had come is not used.",
        next_step="The next try begins anew.",
    )


def _digest(head: Mapping[str, Any], etag: str) -> str | None:
    """The SHA-256 that was stored with the object, else the MD5 that its ETag is, where it is one."""
    stored = head.get("ChecksumSHA256", "")
    if stored and "-" not in stored and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
        return f"sha256:{base64.b64decode(stored).hex()}"
    if (
        _MD5.fullmatch(etag)
        and head.get("ServerSideEncryption") in _AT_REST
        and "SSECustomerAlgorithm" not in head
    ):
        return f"md5:{etag}"
    return None
