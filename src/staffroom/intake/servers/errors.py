"""Each way in which a file over the network can fail, as an error of its own.

TransientError
├── HostNotFound             the name is not known just now
├── HostAway                 nobody listens, or a firewall says no
├── RemoteTimeout            no answer within the time allowed, or bytes stopped coming
├── ConnectionBroken         the connection ended in the middle
├── RemoteChanged            the file became another one while it was read
└── DiskFull                 no room for the rest of the file here
PermanentError
├── HostKeyUnknown           nobody has accepted this server's key yet
├── HostKeyChanged           the server shows another key than the accepted one
├── LoginRefused             the server knows the way in, and it is not ours
│   ├── PasswordRefused
│   └── KeyRefused
├── KeyUnusable              the key file here cannot be used
│   ├── KeyFileUnreadable
│   ├── NotAKey
│   ├── KeyPassphraseMissing
│   └── KeyPassphraseWrong
├── NotSpoken                it answers, but not in SFTP or S3
├── RemoteForbidden          it is there, but not for us
└── DeliveryError
    ├── RemoteFileMissing
    ├── RemoteEmpty          zero bytes
    ├── LocalLarger          there is more here than there
    ├── OffsetBeyondEnd
    └── DigestDiffers        all bytes came, and they are not the ones that were sent
"""

from __future__ import annotations

from staffroom.errors import DeliveryError, PermanentError, TransientError
from staffroom.intake.servers.remote import RemoteFile


class HostNotFound(TransientError):
    """The server's name leads nowhere."""


class HostAway(TransientError):
    """The connection was refused or there is no way to the server."""


class RemoteTimeout(TransientError):
    """The server did not answer, or went silent, for longer than the settings allow."""


class ConnectionBroken(TransientError):
    """The connection ended before all was said."""


class RemoteChanged(TransientError):
    """The remote file is another one than when the download began; the next try begins anew."""


class DiskFull(TransientError):
    """The disk has no room for the rest; what has come stays, and the download goes on from there."""


class HostKeyUnknown(PermanentError):
    """No key of this server has been accepted yet."""


class HostKeyChanged(PermanentError):
    """The server's key is not the one that was accepted."""


class LoginRefused(PermanentError):
    """The server takes neither the key nor the password."""


class PasswordRefused(LoginRefused):
    """The server does not take the password."""


class KeyRefused(LoginRefused):
    """The server does not take the key."""


class KeyUnusable(PermanentError):
    """The key file cannot be used."""


class KeyFileUnreadable(KeyUnusable):
    """The key file is not there or not ours to read."""


class NotAKey(KeyUnusable):
    """The file holds no private key."""


class KeyPassphraseMissing(KeyUnusable):
    """The key is encrypted and no passphrase is given."""


class KeyPassphraseWrong(KeyUnusable):
    """The passphrase does not open the key."""


class CredentialsMissing(PermanentError):
    """The store wants a key, and neither settings nor the machine have one."""


class NotSpoken(PermanentError):
    """The server does not speak what is asked of it."""


class RemoteForbidden(PermanentError):
    """The account may not read the file or folder."""


class RemoteFileMissing(DeliveryError):
    """There is no such file or folder on the server."""


class RemoteEmpty(DeliveryError):
    """The remote file holds nothing."""


class RemoteNameRefused(DeliveryError):
    """The remote file's name cannot be the name of a file here."""


class LocalLarger(DeliveryError):
    """The local file is larger than the remote one: it is not its beginning."""


class OffsetBeyondEnd(DeliveryError):
    """The offset to go on from lies behind the end of what is there."""


class DigestDiffers(DeliveryError):
    """The file that came is not the file that the server describes."""


def ended_early(place: str, file: RemoteFile, at: int) -> RemoteChanged:
    return RemoteChanged(
        f"{place} {file.path}",
        f"ends at byte {at:,}, although it was said to have {file.size:,}.",
        happened="What had come is not used.",
        next_step="The next run begins anew; have files delivered under another name and renamed when whole.",
    )
