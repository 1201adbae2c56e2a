"""An instance, an SFTP server that knows its key, and an S3 store, each on loopback."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from staffroom.config import Instance, Institution
from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.intake.servers.running import run
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from tests.servers.openssh import Sshd, make_key, sshd, why_not
from tests.servers.s3 import s3_store


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """Skips, with the reason, where no server can be started."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("sshd")
    with sshd(folder) as server:
        server.allow(make_key(folder / "key").with_suffix(".pub"))
        yield server


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    root = tmp_path / "instance"
    root.mkdir()
    return Instance(root, Institution())


@pytest.fixture
def account(openssh: Sshd, instance: Instance) -> SftpSettings:
    """Settings that let us in: the host key is accepted, the server knows our key."""
    return account_at(openssh.port, openssh, instance)


def account_at(port: int, server: Sshd, instance: Instance) -> SftpSettings:
    """The same account, reached at ``port``: through a relay, say."""
    hosts = KnownHosts(instance.root / "known_hosts")
    hosts.accept(hosts.shown("127.0.0.1", port, run(ask("127.0.0.1", port))))
    return SftpSettings(
        "127.0.0.1", port, server.user, key_file=str(server.folder / "key"), connect_seconds=10
    )


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    with s3_store() as address:
        yield address


@dataclass(frozen=True)
class Bucket:
    """A bucket of a test's own, to put files into."""

    client: Any
    settings: S3Settings

    def put(self, key: str, content: bytes, **more: Any) -> None:
        self.client.put_object(Bucket=self.settings.bucket, Key=key, Body=content, **more)


@pytest.fixture
def bucket(s3_address: str) -> Bucket:
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    client = boto3.client(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id="ada",
        aws_secret_access_key="difference engine",
    )
    client.create_bucket(Bucket=name)
    settings = S3Settings(
        name,
        endpoint_url=s3_address,
        region="us-east-1",
        access_key_secret="s3_key",
        secret_key_secret="s3_secret",
        connect_seconds=5,
        silent_seconds=10,
    )
    return Bucket(client, settings)


@pytest.fixture
def with_keys(instance: Instance) -> Instance:
    return replace(instance, secrets={"s3_key": "ada", "s3_secret": "difference engine"})
