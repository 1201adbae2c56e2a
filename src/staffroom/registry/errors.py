"""What keeps a batch from being taken in, each with the answer that a sender gets.

PermanentError
├── NotUnderstood           400: it is no list of students
├── TooLarge                413: more than the settings allow
├── UnknownEncoding         415: neither plain nor gzip
├── StudentErased           422: somebody who was erased here does not come back
└── KeyReused               409: this idempotency key came before, with another body
TransientError
└── QueueFull               429: too much waits already
"""

from __future__ import annotations

from staffroom.errors import PermanentError, TransientError


class NotUnderstood(PermanentError):
    """The bytes are no JSON array and no lines of JSON objects, or are cut off."""


class TooLarge(PermanentError):
    """The batch is larger than what is taken at once."""


class UnknownEncoding(PermanentError):
    """The bytes are compressed in a way that is not known here."""


class KeyReused(PermanentError):
    """One idempotency key, two different bodies."""


class StudentErased(PermanentError):
    """The student was erased for good."""


class QueueFull(TransientError):
    """So much waits to be drained that nothing more is taken."""
