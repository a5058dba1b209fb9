"""Django settings. Everything a deployment may change comes from the environment (docs/operations.md)."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from installer import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
DATA_DIR = environment.data_dir(os.environ, BASE_DIR)
SECRET_KEY = environment.secret_key(os.environ, DATA_DIR)
DEBUG = environment.flag(os.environ, "INSTALLER_DEBUG")
ALLOWED_HOSTS = environment.words(os.environ, "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words(os.environ, "CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    # installer comes first: its qcluster command replaces django-q2's, its templates replace the admin's.
    "installer.apps.InstallerConfig",
    # Its pages are loaded with the URLs (installer.urls); commands and workers do not need them.
    "installer.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "common",
    "jobs",
    "nodes",
    "zones",
    "operations",
]

MIDDLEWARE = [
    # First: everything after it trusts the client address, and whether the request used HTTPS.
    "installer.proxies.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "installer.headers.HeaderMiddleware",
    "installer.compression.CompressionMiddleware",
    "installer.request_bodies.BodyMiddleware",
    # Before everything that uses the database.
    "installer.connection_checks.ConnectionMiddleware",
    "installer.read_timeout.ReadTimeoutMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # After the session and before everything that makes text.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "installer.nul_bytes.NulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "installer.sessions.IdleMiddleware",
    "installer.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "installer.form_recovery.FormRecoveryMiddleware",
    "installer.slots.SlotMiddleware",
    "installer.auditing.RefusalMiddleware",
    "installer.console.read_only.ReadOnlyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "installer.urls"
WSGI_APPLICATION = "installer.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Every template has texts for people.
            "builtins": [
                "django.templatetags.i18n",
                "installer.templatetags.markup",
                "installer.templatetags.frame",
            ],
        },
    },
]

DATABASES = {"default": environment.database(os.environ, DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "installer.form_recovery.csrf_failure"
LOGIN_URL = "admin:login"
# Where to go after a login page that was opened directly.
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en"
USE_I18N = True
# Those with a complete catalogue in locale/: Django has texts of its own in many languages, and a page is in one only.
LANGUAGES = [("en", "English"), ("zh-hans", "Simplified Chinese")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from the apps' own folders: no collectstatic step to forget.
WHITENOISE_USE_FINDERS = True

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# Lifetime of a REST token created without one.
INSTALLER_TOKEN_DAYS = environment.positive_int(os.environ, "INSTALLER_TOKEN_DAYS", 90)
SESSION_COOKIE_HTTPONLY = True
INSTALLER_SESSION_IDLE_MINUTES = environment.positive_int(os.environ, "INSTALLER_SESSION_IDLE_MINUTES", 240)
# The longest time that a statement of a page or a GET request may take in PostgreSQL.
INSTALLER_READ_TIMEOUT_S = environment.positive_int(os.environ, "INSTALLER_READ_TIMEOUT_S", 20)
INSTALLER_TRUSTED_PROXIES = environment.trusted_proxies(os.environ)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.flag(os.environ, "INSTALLER_HTTPS")
# Removed by installer.proxies unless a trusted proxy sends it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A year, and only in responses over HTTPS.
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

if CACHE_URL := environment.cache_url(os.environ):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
        }
    }

# --- work on nodes ---------------------------------------------------------------------------------
INSTALLER_SSH_KEY = Path(os.environ.get("INSTALLER_SSH_KEY") or DATA_DIR / "ssh" / "id_ed25519")
INSTALLER_SSH_CONCURRENCY = environment.positive_int(os.environ, "INSTALLER_SSH_CONCURRENCY", 20)
# The author of a plan may not approve it.
INSTALLER_FOUR_EYES = environment.flag(os.environ, "INSTALLER_FOUR_EYES")
# Keys of memcached that clear_zone_cache may delete besides the runbook's.
INSTALLER_CACHE_PATTERNS = environment.patterns(os.environ, "INSTALLER_CACHE_PATTERNS")
# How long a service must stay RUNNING after a restart before the next node is touched.
INSTALLER_STEADY_S = environment.positive_int(os.environ, "INSTALLER_STEADY_S", 10)
# A worker without a heartbeat for this long loses its steps to another one.
INSTALLER_LEASE_S = environment.positive_int(os.environ, "INSTALLER_LEASE_S", 20)
# A job without progress for this long, because no worker was alive, is not taken over any more: it fails.
INSTALLER_TAKEOVER_S = environment.positive_int(os.environ, "INSTALLER_TAKEOVER_S", 86400)

Q_CLUSTER = {
    "name": "installer",
    "orm": "default",
    "broker_class": "jobs.engine.broker.DatabaseClockBroker",
    "workers": environment.positive_int(os.environ, "INSTALLER_WORKERS", 2),
    # A slice of a job yields after jobs.engine.work_slice.SLICE_S and is continued later, so that an
    # hour of installation never reaches this limit; it ends a slice that hangs for an unforeseen reason.
    "timeout": 900,
    # When the broker hands out a task again. Above timeout: below it, a running slice would
    # be delivered twice (harmless, steps are claimed one by one, but wasteful).
    "retry": 960,
    "max_attempts": 5,
    "ack_failures": True,
    "poll": 0.2,
    "bulk": 1,
    "queue_limit": 2,
    "save_limit": 50,
    "catch_up": False,
    "scheduler": False,
    "label": "Queue",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "installer.api.authentication.Tokens",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["installer.api.permissions.VerbPermission"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.OrderingFilter",
        "rest_framework.filters.SearchFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "installer.api.pagination.Pages",
    "PAGE_SIZE": 100,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "installer.api.renderers.Formats",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "installer.api.problems.handle",
    "DEFAULT_RENDERER_CLASSES": ["installer.api.renderers.Json"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Installer Console",
    "DESCRIPTION": "Scale out a private cloud: nodes, configuration, plans, jobs.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.log_level(os.environ)},
    "loggers": {
        # paramiko logs a traceback for every refused connection; we report it as an Event instead.
        "paramiko": {"level": "CRITICAL"},
    },
}
