"""How to reach a server that has files: the keys of ``[sources.sftp]`` and ``[sources.s3]``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SftpSettings:
    """One account on one SFTP server."""

    host: str
    """The server's name or address."""
    port: int = 22
    """Its port."""
    user: str = ""
    """The account's name there."""
    password_secret: str = ""
    """The name of the secret that holds the password; empty where a key opens the account."""
    key_file: str = ""
    """A private key (RSA, ECDSA or Ed25519, in PEM or OpenSSH format), relative to the instance."""
    key_passphrase_secret: str = ""
    """The name of the secret that opens an encrypted key."""
    known_hosts: str = "known_hosts"
    """The file of accepted host keys, relative to the instance; ``staffroom intake trust`` adds to it."""
    digest_suffix: str = ""
    """Where ``students.zip.sha256`` lies beside ``students.zip``, ``".sha256"``: it is checked then."""
    connect_seconds: float = 30
    """How long connecting, and then signing in, may take."""
    silent_seconds: float = 60
    """A server that sends nothing for so long while we wait is given up, and tried again."""

    @property
    def place(self) -> str:
        port = "" if self.port == 22 else f":{self.port}"
        return f"sftp://{self.user}@{self.host}{port}"


@dataclass(frozen=True, slots=True)
class S3Settings:
    """One bucket of Amazon S3 or of a store that speaks the same."""

    bucket: str
    """The bucket's name."""
    endpoint_url: str = ""
    """The store's address; empty for Amazon's."""
    region: str = ""
    """The bucket's region; empty for what the machine is set up with."""
    access_key_secret: str = ""
    """The names of the two secrets that hold the access key and"""
    secret_key_secret: str = ""
    """its secret half. Both empty: ``credentials_file``, else the AWS_ variables, else the machine's role."""
    credentials_file: str = ""
    """A file of credentials as AWS tools write it, relative to the instance."""
    profile: str = ""
    """The part of that file to use; empty for its default."""
    connect_seconds: float = 30
    """How long connecting may take."""
    silent_seconds: float = 60
    """A store that sends nothing for so long while we wait is given up, and tried again."""

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}"


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """Which files of a server a source takes."""

    fetch_logs: str = ""
    """Folder and name of the logs there: ``/outgoing/tracking.log-%Y%m%d*.gz``. The directives %Y %y %m %d %j
    %H %M %S stand for the file's day and time, ``*`` and ``?`` for anything but /; the folder may hold those
    of days too. They come into the source's folder ``logs``; empty fetches none."""
    fetch_exports: str = ""
    """The same for exports, which come into the source's folder ``exports``."""
    look_back_days: int = 14
    """Files named by an earlier day are left alone; 0 takes whatever is there, however old."""
    only_latest: bool = False
    """Take only the file of the newest day."""

    def patterns(self) -> dict[str, str]:
        """What is fetched, by the name of the source's folder that it comes into."""
        return {
            kind: text for kind, text in (("logs", self.fetch_logs), ("exports", self.fetch_exports)) if text
        }


@dataclass(frozen=True)
class SftpSource(SftpSettings, Fetching):
    """``[sources.sftp]``: where a source's files are fetched from, and which."""


@dataclass(frozen=True)
class S3Source(S3Settings, Fetching):
    """``[sources.s3]``: where a source's files are fetched from, and which."""
