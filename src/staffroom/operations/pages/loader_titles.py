"""What the loader's settings are called on its page; what they mean stands under each in the source."""

from __future__ import annotations

from staffroom.metrics.declaration import msg

TITLES = {
    "source": msg("Where the file comes from"),
    "remote_path": msg("Remote file"),
    "latest": msg("Newest file where today's is missing"),
    "local_file": msg("Local file"),
    "folder": msg("Folder of the loader"),
    "mapping": msg("Mapping"),
    "encoding": msg("Encoding"),
    "delimiter": msg("Delimiter"),
    "first_member_only": msg("First file of an archive only"),
    "extract": msg("Unpack before sending"),
    "rows_a_batch": msg("Rows in a batch"),
    "skip_unchanged": msg("Leave out unchanged students"),
    "full_file": msg("The file holds all students"),
    "delete_missing": msg("Delete missing students"),
    "most_missing_share": msg("Largest share of missing students"),
    "most_missing": msg("Largest number of missing students"),
    "url": msg("Address for batches"),
    "token_url": msg("Address for tokens"),
    "grant": msg("Way to a token"),
    "client_id": msg("Client id"),
    "client_secret_secret": msg("Secret of the client"),
    "user": msg("User"),
    "scope": msg("Scope"),
    "verify_tls": msg("Verify who answers"),
    "certificates": msg("Further certificates"),
    "compress": msg("Compress"),
    "most_in_flight": msg("Requests at once"),
    "connect_seconds": msg("Seconds to connect"),
    "answer_seconds": msg("Seconds to answer"),
    "give_up_minutes": msg("Minutes until giving up"),
    "follow_status": msg("Follow each batch"),
    "follow_minutes": msg("Minutes to follow"),
    "host": msg("Server"),
    "port": msg("Port"),
    "password_secret": msg("Secret with the password"),
    "key_file": msg("Private key"),
    "key_passphrase_secret": msg("Secret that opens the key"),
    "known_hosts": msg("Accepted host keys"),
    "digest_suffix": msg("Ending of digest files"),
    "silent_seconds": msg("Seconds of silence"),
    "bucket": msg("Bucket"),
    "endpoint_url": msg("Address of the store"),
    "region": msg("Region"),
    "access_key_secret": msg("Secret with the access key"),
    "secret_key_secret": msg("Secret with its secret half"),
    "credentials_file": msg("File of credentials"),
    "profile": msg("Profile"),
}
"""By the name of the setting: the same name means the same wherever it stands."""

CHOICES = {
    "source": {"": msg("a local file"), "sftp": msg("an SFTP server"), "s3": msg("an S3 store")},
    "grant": {
        "password": msg("name and password"),
        "client_credentials": msg("the client alone"),
        "none": msg("without a token"),
    },
}
"""Settings with few values, and what each is called."""

SECRETS = frozenset(
    {
        "client_secret_secret",
        "password_secret",
        "key_passphrase_secret",
        "access_key_secret",
        "secret_key_secret",
    }
)
"""Settings that name a secret. Who writes the secret itself there has made a mistake that no page repeats."""

_MORE_THAN_NOTHING = msg("It must be more than 0.")
_ADDRESS = msg("It must be the address of a service, such as https://registry.example, without a password.")

REFUSALS = {
    "encoding": msg("That is no encoding that we know. Write latin1, cp1252 or utf-8, for example."),
    "delimiter": msg("It must be one ASCII sign, and neither a letter, a digit, a quote nor a blank."),
    "rows_a_batch": msg("It must be from 1 to 100,000."),
    "delete_missing": msg("It can only be chosen where the file holds all students."),
    "most_missing_share": msg("It must be from 0 to 1."),
    "url": _ADDRESS,
    "token_url": _ADDRESS,
    "most_in_flight": msg("It must be from 1 to 256."),
    "connect_seconds": _MORE_THAN_NOTHING,
    "answer_seconds": _MORE_THAN_NOTHING,
    "give_up_minutes": _MORE_THAN_NOTHING,
    "follow_minutes": _MORE_THAN_NOTHING,
    "[loader]": msg("The server that the file comes from has no settings yet: fill in its form first."),
    "[loader.sftp]": msg("The server is missing."),
    "[loader.s3]": msg("The bucket is missing."),
}
"""What a form says where the loader refuses a value: by the setting, or the section, that it names."""

PATHS = frozenset(
    {"local_file", "folder", "mapping", "certificates", "key_file", "known_hosts", "credentials_file"}
)
"""Settings that name a file or folder of this machine."""
