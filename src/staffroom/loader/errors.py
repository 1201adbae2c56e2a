"""What can end a run of the loader, each as an error of its own.

TransientError
├── ApiAway              the API did not take anything for longer than the settings allow
├── StatusUntold         the API took the rows and does not say what became of them
├── LoaderBusy           another run of the loader holds this instance's
└── JournalFull          no room to note what was acknowledged
PermanentError
├── TokenRefused         no token for these credentials, or none that the API takes
├── SignInPage           the API redirects, as to a page for people
├── NotTrusted           the API's certificate is not one that this machine trusts
├── NotTheApi            an answer that no such API gives: an HTML page, a path that is not there
├── Forbidden            the API knows us and does not let us
├── EverythingRefused    the API refused every row of the first batches: something larger is wrong
├── MassDeletion         more students are missing than may be deleted unseen
└── DeliveryError
    ├── ColumnMissing    a column that the mapping needs is not in the file
    └── NothingToSend    the file has no rows, or no header
"""

from __future__ import annotations

from staffroom.errors import DeliveryError, PermanentError, TransientError


class ApiAway(TransientError):
    """The API did not answer, or said "later", for longer than the settings allow."""


class StatusUntold(TransientError):
    """All rows were taken, and some batches do not tell how they ended."""


class LoaderBusy(TransientError):
    """Another run of the loader is under way in this instance."""


class JournalFull(TransientError):
    """The journal cannot be written."""


class TokenRefused(PermanentError):
    """The sign-in service gives no token, or the API takes none of those that it gives."""


class SignInPage(PermanentError):
    """The API answers with a redirect."""


class NotTrusted(PermanentError):
    """The certificate of the other end does not prove who it is."""


class NotTheApi(PermanentError):
    """Something else than the API answers under its address."""


class Forbidden(PermanentError):
    """The account may not send students."""


class EverythingRefused(PermanentError):
    """The first batches were refused whole."""


class MassDeletion(PermanentError):
    """More students are missing from the file than the guard lets pass."""


class ColumnMissing(DeliveryError):
    """The file lacks a column that the mapping names."""


class NothingToSend(DeliveryError):
    """The file holds no header, or nothing but headers."""
