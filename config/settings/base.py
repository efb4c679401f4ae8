"""Settings shared by every way to run OpenOPCO. Each value that differs between installations comes from the environment."""

from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(environ.Env()("OPENOPCO_VAR", default=str(ROOT / "var")))
env = environ.Env()

DEMO = False
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("OPENOPCO_HOSTS", default=[])
SECRET_KEY = env("OPENOPCO_SECRET_KEY", default="")

# Keys of the vault: « id:base64(32 bytes) », the first one writes, all of them read. The blind index has a key of its own.
VAULT_KEYS: list[str] = env.list("OPENOPCO_VAULT_KEYS", default=[])
BLIND_INDEX_KEY = env("OPENOPCO_BLIND_INDEX_KEY", default="")

ROOMS = [
    "base",
    "mail",
    "journal",
    "reference",
    "opco",
    "accounts",
    "documents",
    "notifications",
    "organisations",
    "habilitations",
    "trainees",
    "dossiers",
    "training",
    "web",
]
INSTALLED_APPS = [
    "django_linear_migrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    *[f"openopco.{room}" for room in ROOMS],
]
FIRST_PARTY_APPS = [f"openopco.{room}" for room in ROOMS]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "openopco.base.middleware.RequestLogMiddleware",
    "openopco.base.middleware.ReadOnlyGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "openopco.habilitations.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openopco.web.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
}
if "DATABASE_URL" in env.ENVIRON:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        DATABASES["default"] = {**SQLITE, "NAME": DATABASES["default"]["NAME"]}
else:
    DATABASES = {"default": {**SQLITE, "NAME": str(VAR / "openopco.sqlite3")}}
CONN_MAX_AGE = 60
DATABASES["default"].setdefault("CONN_MAX_AGE", CONN_MAX_AGE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "base_cache"}}

LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

AUTH_USER_MODEL = "accounts.User"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(VAR / "files"), "file_permissions_mode": 0o600}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

from config.settings.accounts import *  # noqa: E402, F403
from config.settings.storage import *  # noqa: E402, F403
