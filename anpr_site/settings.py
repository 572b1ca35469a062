"""All settings, from the environment. With no environment at all the site runs on SQLite under ./data."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path
from typing import Any

from anpr_site import broker, database, env, logs, mail

BASE_DIR = Path(__file__).resolve().parent.parent

# Where everything that is not code lies: database, media, unfinished uploads, the embedded Redis, the secret key.
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or env.kept_secret(DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "sightings",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anpr_site.compression.CompressText",
    "anpr_site.csp.middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "anpr_site.urls"
ASGI_APPLICATION = "anpr_site.asgi.application"
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
            ]
        },
    }
]

# --- people ---
AUTH_USER_MODEL = "sightings.User"
ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")  # of the first user that `up` makes; empty: drawn and shown once
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Behind a proxy that ends TLS, HTTPS=yes marks cookies secure and believes its X-Forwarded-Proto.
HTTPS = env.flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 30 * 86400 if HTTPS else 0
SESSION_COOKIE_AGE = 30 * 86400
X_FRAME_OPTIONS = "DENY"

# --- database ---
SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "db.sqlite3",
    "OPTIONS": {
        # A transaction that will write takes its lock at the start: no "database is locked" half-way through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # mmap_size: 2 GiB, the most SQLite takes; counting a large log is a quarter quicker without copying its pages.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=2147418112;"
        ),
    },
}
DATABASE_URL = env.text("DATABASE_URL")
DATABASE_POOL = int(env.number("DATABASE_POOL", 20, least=1))  # connections of one process to PostgreSQL, at most
DATABASES = {"default": database.settings_of(DATABASE_URL, DATABASE_POOL) if DATABASE_URL else SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- files ---
MEDIA_ROOT = DATA_DIR / "media"
UPLOAD_DIR = DATA_DIR / "uploads"
MAX_UPLOAD_BYTES = int(env.number("MAX_UPLOAD_BYTES", 64 * 1024**3, least=1))
UPLOAD_DAYS = env.number("UPLOAD_DAYS", 7, least=0.01)  # to which no byte came for so long: given up, its bytes dropped
S3_BUCKET = env.text("S3_BUCKET")
S3: dict[str, Any] = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
    "access_key": env.text("S3_ACCESS_KEY") or None,
    "secret_key": env.text("S3_SECRET_KEY") or None,
    "region_name": env.text("S3_REGION") or None,
    "file_overwrite": True,  # names are by content or by run and key: the same name means the same bytes
    "default_acl": None,
    "addressing_style": "path",
    "signature_version": "s3v4",
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3}
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # nothing to collect: the files are served from where they lie
WHITENOISE_MAX_AGE = 60
mimetypes.add_type("text/javascript", ".js")  # some machines' tables say otherwise, and modules insist on it

# --- map: street tiles such as https://…/{z}/{x}/{y}.png; with none, country outlines and a grid are drawn ---
MAP_TILES_URL = env.text("MAP_TILES_URL")
MAP_TILES_CREDIT = env.text("MAP_TILES_CREDIT")

# --- e-mail: alerts are sent by it; without EMAIL_URL there is none, and the pages say so ---
EMAIL_URL = env.text("EMAIL_URL")  # smtp://name:password@host:587/?tls=yes
if EMAIL_URL:
    globals().update(mail.settings_of(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "platelog@localhost")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")  # for links in e-mail

# --- webhooks ---
WEBHOOK_CONNECT_SECONDS = env.number("WEBHOOK_CONNECT_SECONDS", 5, least=0.1)
WEBHOOK_SECONDS = env.number("WEBHOOK_SECONDS", 15, least=0.1)  # for an answer, once connected
# Seconds before each further attempt, give or take a fifth; after the last one a delivery is given up: about a day.
WEBHOOK_WAITS = env.numbers("WEBHOOK_WAITS", "5,30,120,600,1800,3600,7200,14400,28800,28800")
WEBHOOK_PAUSE_SECONDS = env.number("WEBHOOK_PAUSE_SECONDS", 60, least=0)  # of a target that keeps failing, at first
WEBHOOK_KEEP_DAYS = env.number("WEBHOOK_KEEP_DAYS", 30, least=0)  # that what was delivered stays in the log
# Private hosts and networks that webhooks may reach all the same, such as 10.0.0.0/8 or homeassistant.lan.
WEBHOOK_ALLOW_PRIVATE_HOSTS, WEBHOOK_ALLOW_PRIVATE_NETWORKS = env.hosts_and_networks("WEBHOOK_ALLOW_PRIVATE")

# --- Redis: broker and channel layer ---
REDIS_URL = broker.redis_url(env.text("REDIS_URL"), DATA_DIR)
REDIS_IS_OURS = not env.text("REDIS_URL")
CHANNEL_LAYERS = {"default": broker.channel_layer(REDIS_URL)}
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What all processes must see alike: how often a caller has called.
    "shared": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "platelog",
    },
}
CELERY_APP = "anpr_site.celery.app"  # named here, because the app must not lean on the project

# --- reading ---
SEGMENT_SECONDS = env.number("SEGMENT_SECONDS", 90, least=1)
LEASE_SECONDS = env.number("LEASE_SECONDS", 60, least=1)  # a worker that shows no sign of life for so long is gone
MAX_ATTEMPTS = int(env.number("MAX_ATTEMPTS", 3, least=1))
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 15, least=0.2)
READ_DEVICE = env.one_of("READ_DEVICE", ("auto", "cpu", "cuda"), "auto")
# Called with the device; and with the names of a detector and a recognizer, where a reprocessing asks for them.
READER_FACTORY = env.text("READER_FACTORY", "recognition.pipeline.load_reader")

# OpenCV asks the environment when it is loaded: a small file must not unpack to a picture that fills the memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(100 * 1000**2))

# --- single pictures, sent to /v1/plate-reader/ ---
PLATE_READER = env.flag("PLATE_READER", True)  # whether `up` runs a reader for them
PLATE_READER_QUEUE = int(env.number("PLATE_READER_QUEUE", 8, least=1))  # pictures that may wait; more are refused
PLATE_READER_SECONDS = env.number("PLATE_READER_SECONDS", 10, least=1)  # after so long without an answer: busy
PLATE_READER_MAX_BYTES = int(env.number("PLATE_READER_MAX_BYTES", 10 * 1024**2, least=1))

# --- evidence packs ---
EVIDENCE_KEY = env.text("EVIDENCE_KEY")  # a private Ed25519 key in PEM; empty: one made on first use, kept in DATA_DIR
EVIDENCE_DAYS = env.number("EVIDENCE_DAYS", 90, least=0)  # then a pack is deleted; 0 keeps all

# --- drop folder: what is put there comes in by itself; `up` watches it ---
WATCH_FOLDER = env.text("WATCH_FOLDER")
WATCH_FLEET = env.text("WATCH_FLEET")  # slug; empty: the first fleet
WATCH_VEHICLE = env.text("WATCH_VEHICLE")  # name; empty: none
WATCH_STABLE_SECONDS = env.number("WATCH_STABLE_SECONDS", 10, least=0)  # unchanged for so long, a file is whole

# --- MQTT: what is read is published there; `up` runs the publisher; needs the extra `mqtt` ---
MQTT_URL = env.text("MQTT_URL")  # mqtt://name:password@host:1883, or mqtts://…
MQTT_PREFIX = env.text("MQTT_PREFIX", "platelog").strip("/")
MQTT_FLEET = env.text("MQTT_FLEET")  # slug; empty: the first fleet
MQTT_PLATES = env.one_of("MQTT_PLATES", ("none", "watched", "all"), "none")  # which plates may be read there
MQTT_DISCOVERY = env.text("MQTT_DISCOVERY", "homeassistant").strip("/")  # empty: Home Assistant is told nothing

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "sightings.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "sightings.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "sightings.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "sightings.api.schema.Schema",
    "EXCEPTION_HANDLER": "sightings.api.errors.handle",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Calls a minute; 0 sets no limit. The site's own pages ask for a few a second at most.
RATE_LIMIT_TOKEN = int(env.number("RATE_LIMIT_TOKEN", 600))
RATE_LIMIT_USER = int(env.number("RATE_LIMIT_USER", 3000))
SPECTACULAR_SETTINGS = {
    "TITLE": "Platelog",
    "DESCRIPTION": "The plate log of a fleet's dashcam trips.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        f"{name}Enum": f"sightings.models.{name}"
        for name in (
            "TripState",
            "RunState",
            "ReprocessState",
            "VideoState",
            "UploadState",
            "RenditionState",
            "LensKind",
            "CorrectionAction",
            "BatchAction",
            "AlertState",
            "DeliveryState",
            "EventKind",
            "Failure",
            "Shape",
        )
    },
}

# --- the rest ---
USE_TZ = True
TIME_ZONE = "UTC"

# --- languages: the browser's wish, or what a person chose in the account menu; how to add one: docs/extending.md ---
USE_I18N = True
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# Of e-mail, and of whoever asks for none.
LANGUAGE_CODE = env.one_of("SITE_LANGUAGE", tuple(code for code, _ in LANGUAGES), "en")
LOCALE_PATHS = [BASE_DIR / "sightings" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 86400
LOGGING = logs.config(env.text("LOG_LEVEL", "INFO").upper())
# A part of an upload is streamed by its own wrapper; what else is posted is small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024**2
TEST_RUNNER = "django.test.runner.DiscoverRunner"
