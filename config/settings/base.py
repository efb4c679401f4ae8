"""Settings shared by every way to run OpenOPCO. What differs between installations comes from the environment."""

from pathlib import Path

import environ

from config.settings import checks
from openopco.base.logging import configure

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()
VAR = checks.folder(env, "OPENOPCO_VAR", ROOT / "var")

DEMO = False
# The page of components, for those who write pages.
COMPONENT_GALLERY = False
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("OPENOPCO_HOSTS", default=[])
SECRET_KEY = env("OPENOPCO_SECRET_KEY", default="")

# Keys of the vault: « id:base64(32 bytes) », the first one writes, all of them read. The blind index has its own.
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
    "funding",
    "billing",
    "payments",
    "exports",
    "web",
]
INSTALLED_APPS = [
    "django_linear_migrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "openopco.base.staticfiles.PublishedStaticFiles",
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
    "openopco.base.bodies.UnreadBodyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "openopco.base.middleware.HeadersMiddleware",
    "openopco.base.middleware.RequestLogMiddleware",
    "openopco.base.middleware.ReadOnlyGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "openopco.accounts.middleware.SessionLifetimeMiddleware",
    "openopco.accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "openopco.habilitations.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "openopco.web.middleware.ErrorPagesMiddleware",
]

ROOT_URLCONF = "config.urls"
CSRF_FAILURE_VIEW = "openopco.web.errors.csrf_failure"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Ours before those of the libraries, whose pages we dress.
        "DIRS": [ROOT / "openopco" / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["openopco.web.typography.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openopco.web.context.frame",
            ],
            "builtins": ["django.templatetags.static", "openopco.web.components.tags"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # 8 MB of pages kept by each connection: the 2 MB it comes with are read again at each list of a million rows.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-8000;"
        ),
    },
}
# What `openopco.base.prepared` asks is kept prepared from its second time on; Django's own queries never are.
POSTGRESQL_OPTIONS = {"prepare_threshold": 1} if checks.flag(env, "OPENOPCO_PREPARED_STATEMENTS", True) else {}
_database_url = checks.database_url(env, "DATABASE_URL")
if _database_url:
    DATABASES = {"default": env.db_url_config(_database_url)}
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        DATABASES["default"] = {**SQLITE, "NAME": DATABASES["default"]["NAME"]}
else:
    DATABASES = {"default": {**SQLITE, "NAME": str(VAR / "openopco.sqlite3")}}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), **POSTGRESQL_OPTIONS}
CONN_MAX_AGE = 60
DATABASES["default"].setdefault("CONN_MAX_AGE", CONN_MAX_AGE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "base_cache",
        # The default of 300 would forget the throttles' counters under a flood of addresses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

AUTH_USER_MODEL = "accounts.User"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "files"), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "openopco.web.storage.StaticStorage"},
}

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# « data: » in images is for the QR code of a TOTP secret.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# What a GET may write: the session, the cache of the throttles, and who saw what when.
GET_MAY_WRITE = [
    "django_session",
    "base_cache",
    "usersessions_usersession",
    "journal_readaudit",
    "dossiers_news",
]

# Where people open the portal, for the links of the mails that jobs write.
PUBLIC_URL: str = checks.public_url(
    env, "OPENOPCO_PUBLIC_URL", f"http://127.0.0.1:{env('PORT', default='8000')}", ("https", "http")
)

EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
checks.url(env, "EMAIL_URL", "smtp://127.0.0.1:25", ("smtp", "smtp+tls", "smtps", "smtp+ssl"))
_email = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"] or "", _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
MAIL_TRANSPORT = "smtp"
DEFAULT_FROM_EMAIL = checks.mail_address(env, "OPENOPCO_MAIL_FROM", "ne-pas-repondre@localhost")
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")

LOG_LEVEL = checks.choice(env, "OPENOPCO_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = configure(LOG_LEVEL)

from config.settings.accounts import *  # noqa: E402, F403
from config.settings.opco import *  # noqa: E402, F403
from config.settings.registries import *  # noqa: E402, F403
from config.settings.storage import *  # noqa: E402, F403
from config.settings.storage import FILE_STORAGE  # noqa: E402

if FILE_STORAGE is not None:
    STORAGES["default"] = FILE_STORAGE
