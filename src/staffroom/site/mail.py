"""Mail to those who run the site: which page failed with which error, and nothing about anybody."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import SettingsError
from staffroom.web.logs import REQUEST_ID
from staffroom.web.settings import SiteSettings

SECONDS_BETWEEN_EQUAL_MAILS = 600


def mail_settings(instance: Instance, site: SiteSettings) -> dict[str, Any]:
    """Django's settings for sending mail; without a server, mail goes nowhere."""
    if not site.mail_server:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if site.mail_encryption not in ("starttls", "tls", "none"):
        raise SettingsError(
            f"{SETTINGS_FILE} [site] mail_encryption",
            f"is {site.mail_encryption!r}, which is not starttls, tls or none.",
        )
    host, _, port = site.mail_server.partition(":")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": int(port)
        if port.isdigit()
        else {"tls": 465, "starttls": 587}.get(site.mail_encryption, 25),
        "EMAIL_HOST_USER": site.mail_user,
        "EMAIL_HOST_PASSWORD": instance.secrets.get("mail_password", ""),
        "EMAIL_USE_TLS": site.mail_encryption == "starttls",
        "EMAIL_USE_SSL": site.mail_encryption == "tls",
        "EMAIL_TIMEOUT": 10,
    }


class OperatorsHandler(logging.Handler):
    """Mails the pattern of the address, the error's class and the request's id; an equal one at most
    every ten minutes. Failing to send is silent: the same record is in the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._sent: dict[tuple[str, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        operators = list(settings.SITE.operators)
        facts = _facts(record)
        if not operators or not self._is_news(facts["error"], facts["page"]):
            return
        subject = f"[{settings.INSTANCE.institution.name}] {facts['error']} on {facts['page']}"
        body = "\n".join(f"{name}: {value}" for name, value in facts.items())
        try:
            send_mail(subject, f"{body}\n\nThe log has more under this request id.\n", None, operators)
        except Exception:  # a broken mail server must not break the answer as well
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing: the default prints the record with its arguments."""

    def _is_news(self, error: str, page: str) -> bool:
        now = time.monotonic()
        last = self._sent.get((error, page))
        if last is not None and now - last < SECONDS_BETWEEN_EQUAL_MAILS:
            return False
        self._sent[error, page] = now
        return True


def _facts(record: logging.LogRecord) -> dict[str, str]:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    error = record.exc_info[0] if record.exc_info else None
    return {
        "page": f"/{match.route}" if match else "an address without a page",
        "method": getattr(request, "method", None) or "-",
        "error": error.__name__ if error else "an answer without an error class",
        "status": str(getattr(record, "status_code", 500)),
        "request id": REQUEST_ID.get() or "-",
    }
