"""Django's settings: a function of one Instance, the folder in STAFFROOM_INSTANCE or the built-in example.

Nobody else reads the environment.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from staffroom import config
from staffroom.config import Instance, load_instance
from staffroom.site.databases import databases
from staffroom.site.mail import mail_settings
from staffroom.web.settings import SiteSettings

EXAMPLE = Path(__file__).parent / "example"
THROW_AWAY_KEY = "not-a-secret: the built-in example signs with this key and must never be served"


def _open_instance() -> Instance:
    named = os.environ.get("STAFFROOM_INSTANCE")
    if named:
        return load_instance(Path(named))
    example = load_instance(EXAMPLE)
    return replace(example, secrets={"signing_key": THROW_AWAY_KEY, **example.secrets})


INSTANCE = _open_instance()
SITE = INSTANCE.section("site", SiteSettings)
_IS_EXAMPLE = INSTANCE.root == EXAMPLE

DEBUG = False
SECRET_KEY = INSTANCE.secret("signing_key")
SECRET_KEY_FALLBACKS = [
    INSTANCE.secrets[name] for name in ("previous_signing_key",) if name in INSTANCE.secrets
]
ALLOWED_HOSTS = SITE.hosts
ROOT_URLCONF = "staffroom.site.urls"
WSGI_APPLICATION = "staffroom.site.wsgi.application"

INSTALLED_APPS = [
    "staffroom.site",  # first, so that its templates stand before those of the packages
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "staffroom.accounts",
    "staffroom.web",
    "staffroom.jobs",
    "staffroom.courses",
    "staffroom.registry",
    "staffroom.students",
    "staffroom.operations",
]

MIDDLEWARE = [
    "staffroom.site.middleware.identify_request",
    # What every answer carries comes first: refusals by those below, such as of a wrong host, carry it too.
    "staffroom.site.middleware.keep_private",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "staffroom.site.middleware.trust_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staffroom.site.middleware.slide_session",
    "staffroom.site.middleware.speak_language",
    "staffroom.site.middleware.SignedInOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staffroom.site.middleware.open_store",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "staffroom.site.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "staffroom.web.templatetags.web",
            ],
        },
    }
]

DATABASES = databases(INSTANCE, in_memory=_IS_EXAMPLE)
# Who asked how often, of the API and at the door: in files, so that all processes of the site count together.
_COUNTED = "locmem.LocMemCache" if _IS_EXAMPLE else "filebased.FileBasedCache"
CACHES = {
    "default": {
        "BACKEND": f"django.core.cache.backends.{_COUNTED}",
        "LOCATION": str(INSTANCE.cache / "counted"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
DATABASE_ROUTERS = ["staffroom.site.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "staffroom.site.sign_in.Backend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "staffroom.site.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/h/key", "change_password": "10/m/user"}
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "staffroom.site.sign_in.address_tried"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or who tries again and again never gets in
AXES_FAILURE_LIMIT = SITE.failed_sign_ins
AXES_COOLOFF_TIME = timedelta(minutes=SITE.pause_minutes)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# A paused sign-in shows the same words as any other failure, so no middleware answers for it.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

# Sessions and cookies
SESSION_COOKIE_AGE = SITE.session_minutes * 60
SESSION_COOKIE_NAME = "staffroom"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE.secure
CSRF_FAILURE_VIEW = "staffroom.site.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE.base_url.rstrip("/")]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Language and time
USE_I18N = USE_TZ = True
LANGUAGES = list(config.LANGUAGES.items())
LANGUAGE_CODE = INSTANCE.institution.language
LANGUAGE_COOKIE_NAME = "staffroom_language"
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = INSTANCE.institution.time_zone

# Static files: named by their content, so that a browser may keep them for ever
STATIC_URL = "/static/"
STATIC_ROOT = None if _IS_EXAMPLE else INSTANCE.cache / "static"
_STATIC = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if _IS_EXAMPLE
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC},
}
WHITENOISE_USE_FINDERS = _IS_EXAMPLE

# Mail and logs
globals().update(mail_settings(INSTANCE, SITE))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = SITE.mail_from
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "staffroom.web.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
        "operators": {"class": "staffroom.site.mail.OperatorsHandler", "level": "ERROR"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "staffroom": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": ["operators"], "level": "ERROR"},
        "axes": {"level": "CRITICAL"},
    },
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {"TITLE": "Staffroom", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}
