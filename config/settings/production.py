"""Production: HTTPS alone, every secret from the environment, a wrong value refused at start."""

from config.settings import checks
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, OPENOPCO_MFA_REQUIRED, VAR, env
from openopco.base.crypto import check_keys

DEBUG = False
DEMO = False
ALLOWED_HOSTS = checks.public_hosts(env, "OPENOPCO_HOSTS")
PUBLIC_URL = checks.public_url(env, "OPENOPCO_PUBLIC_URL", f"https://{ALLOWED_HOSTS[0].removeprefix('.')}", ("https",))
CSRF_TRUSTED_ORIGINS = [f"https://{host.removeprefix('.')}" for host in ALLOWED_HOSTS]
SECRET_KEY = checks.secret(env, "OPENOPCO_SECRET_KEY", least=50)
SECRET_KEY_FALLBACKS = env.list("OPENOPCO_SECRET_KEY_FALLBACKS", default=[])
VAULT_KEYS = checks.required(env, "OPENOPCO_VAULT_KEYS", "« identifiant:base64 de 32 octets »").split(",")
BLIND_INDEX_KEY = checks.required(env, "OPENOPCO_BLIND_INDEX_KEY", "base64 de 32 octets")
check_keys(VAULT_KEYS, BLIND_INDEX_KEY)

checks.refuse_unwritable("OPENOPCO_VAR", VAR)
checks.required(env, "DATABASE_URL", "postgres://compte:secret@hôte:5432/base")
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
checks.required(env, "EMAIL_URL", "smtp+tls://compte:secret@serveur:587")
MAIL_TRANSPORT = "smtp"
checks.required(env, "OPENOPCO_MAIL_FROM", "l'adresse qui écrit")
if checks.choice(env, "OPENOPCO_REGISTRY", "http", ("http", "embedded")) == "embedded":
    raise checks.refuse("OPENOPCO_REGISTRY", "« embedded » est le registre inventé de la démonstration : « http ».")
REGISTRY = "http"
if not OPENOPCO_MFA_REQUIRED:
    raise checks.refuse("OPENOPCO_MFA_REQUIRED", "les comptes de l'OPCO ont toujours un second facteur en production.")

SECURE_SSL_REDIRECT = checks.flag(env, "OPENOPCO_HTTPS_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if checks.flag(env, "OPENOPCO_BEHIND_PROXY", True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = checks.integer(env, "OPENOPCO_HSTS_SECONDS", 31_536_000, least=0, most=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
