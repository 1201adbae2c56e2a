"""One request to the API: its time limits, its compression, its trust, and what can become of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from isal import isal_zlib

from staffroom.errors import SettingsError
from staffroom.loader.errors import NotTrusted
from staffroom.loader.settings import ApiSettings

LARGEST_ANSWER = 16 * 1024 * 1024
GZIP = 31  # window bits: with a gzip header and trailer

Pieces = Sequence[bytes | memoryview]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``status`` 0 means that nothing did; ``why`` says then what happened instead."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    why: str = ""


class Wire:
    """The connections to the API of one run."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """One request, no redirect followed. Raises NotTrusted and SettingsError, nothing that may pass."""
        try:
            async with self.session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.content.read(LARGEST_ANSWER)
                while not answer.content.at_eof() and len(content) < LARGEST_ANSWER:
                    content += await answer.content.read(LARGEST_ANSWER - len(content))
                return Reply(answer.status, answer.headers, content)
        except aiohttp.ClientConnectorCertificateError as error:
            raise NotTrusted(
                url,
                f"shows a certificate that is not trusted here: {error.certificate_error}.",
                happened="Nothing was sent.",
                next_step="Name the issuer's certificate in [loader.api] certificates.",
            ) from None
        except aiohttp.InvalidURL:
            raise SettingsError(url, "is not an address.") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Reply(0, {}, b"", why=_what_happened(error))


@asynccontextmanager
async def open_wire(settings: ApiSettings, certificates: Path | None) -> AsyncIterator[Wire]:
    connector = aiohttp.TCPConnector(limit=0, ssl=_trust(settings, certificates))
    limits = aiohttp.ClientTimeout(total=settings.answer_seconds, sock_connect=settings.connect_seconds)
    async with aiohttp.ClientSession(connector=connector, timeout=limits, trust_env=True) as session:
        yield Wire(session)


def _trust(settings: ApiSettings, certificates: Path | None) -> ssl.SSLContext | bool:
    """Whose certificates are good. To read the system's takes a while: only where one is to come."""
    if not settings.verify_tls:
        return False
    if not any(url.lower().startswith("https:") for url in (settings.url, settings.token_url)):
        return True
    context = ssl.create_default_context()
    if certificates is not None:
        try:
            context.load_verify_locations(certificates)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                "[loader.api] certificates", f"cannot be read: {error.strerror or error}."
            ) from None
    return context


def _what_happened(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({error.os_error.strerror or type(error).__name__})"
    return f"the connection broke ({type(error).__name__})"


async def zipped(pieces: Pieces) -> bytes:
    """The pieces as one gzip body, made in a thread: it takes about as long as sending it."""
    return await asyncio.to_thread(_zip, pieces)


def _zip(pieces: Pieces) -> bytes:
    compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, GZIP)
    return b"".join([*(compressor.compress(piece) for piece in pieces), compressor.flush()])
