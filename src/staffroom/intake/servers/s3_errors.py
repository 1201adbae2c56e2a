"""What an S3 store or the line to it says, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as boto_errors
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as BodyTimeout

from staffroom.errors import StaffroomError
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    CredentialsMissing,
    HostAway,
    HostNotFound,
    LoginRefused,
    NotSpoken,
    RemoteFileMissing,
    RemoteForbidden,
    RemoteTimeout,
)
from staffroom.intake.servers.settings import S3Settings

_LATER = "What has come is kept, and the next try goes on from there."
_REFUSED = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "RequestTimeTooSkewed",
)
_FORBIDDEN = ("AccessDenied", "403", "AllAccessDisabled", "AccountProblem")
_MISSING = ("NoSuchKey", "404", "NotFound", "NoSuchVersion")
SERVER_FAULT = 500
TOO_MANY = 429


@contextmanager
def told(settings: S3Settings, path: str) -> Iterator[None]:
    """Turns errors of boto3 into those of ``remote_errors``."""
    try:
        yield
    except boto_errors.ClientError as error:
        raise _answered(settings, path, error) from None
    except (
        boto_errors.NoCredentialsError,
        boto_errors.PartialCredentialsError,
        boto_errors.CredentialRetrievalError,
    ):
        raise CredentialsMissing(
            settings.place,
            "wants a key, and none is to be found.",
            next_step="Name access_key_secret and secret_key_secret, or credentials_file, "
            "or give the machine a role that may read it.",
        ) from None
    except boto_errors.ProfileNotFound:
        raise CredentialsMissing(
            settings.place,
            f"the profile {settings.profile!r} is not in the credentials.",
            next_step="Correct profile.",
        ) from None
    except (boto_errors.ConnectTimeoutError, boto_errors.ReadTimeoutError, BodyTimeout):
        raise RemoteTimeout(settings.place, "went silent.", happened=_LATER) from None
    except boto_errors.EndpointConnectionError as error:
        raise _unreachable(settings, error) from None
    except (boto_errors.HTTPClientError, boto_errors.IncompleteReadError, HTTPError, OSError) as error:
        raise ConnectionBroken(
            settings.place, f"the connection broke ({type(error).__name__}).", happened=_LATER
        ) from None
    except boto_errors.BotoCoreError as error:
        raise NotSpoken(
            settings.place, f"cannot be asked: {type(error).__name__}.", next_step="Check the settings."
        ) from None
    except ValueError as error:  # an endpoint_url that is no address
        raise NotSpoken(
            settings.place, f"cannot be asked: {error}.", next_step="Check endpoint_url."
        ) from None


def _unreachable(settings: S3Settings, error: Exception) -> StaffroomError:
    """The endpoint cannot be connected to; boto3 hides why in its text."""
    text = str(error)
    cause = repr(error.__cause__) + repr(error.__context__) + text
    if "Name or service not known" in cause or "NameResolutionError" in cause or "getaddrinfo" in cause:
        return HostNotFound(
            settings.place,
            "its address leads nowhere.",
            happened=_LATER,
            next_step="Check endpoint_url and region, and DNS.",
        )
    return HostAway(
        settings.place,
        "cannot be connected to.",
        happened=_LATER,
        next_step="Check endpoint_url, and the network between.",
    )


def _answered(settings: S3Settings, path: str, error: boto_errors.ClientError) -> StaffroomError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    place = f"{settings.place} {path}".strip()
    if code == "NoSuchBucket":
        return RemoteFileMissing(settings.place, "there is no such bucket.", next_step="Correct bucket.")
    if code in _REFUSED:
        return LoginRefused(
            settings.place,
            f"does not take the key ({code}).",
            next_step="Check the two secrets, and the clock.",
        )
    if code in _FORBIDDEN:
        return RemoteForbidden(
            place, "may not be read with this key.", next_step="Let it list the bucket and get its objects."
        )
    if code in _MISSING:
        return RemoteFileMissing(place, "is not there.", next_step="Check the prefix and the name.")
    if status >= SERVER_FAULT or status == TOO_MANY or code == "SlowDown":
        return HostAway(settings.place, f"says: later ({code}).", happened=_LATER)
    return NotSpoken(
        place, f"the store refused: {code or status}.", next_step="Check bucket and endpoint_url."
    )
