"""Tests: fast, alone, the same rules. SQLite in memory, or the server that TEST_DATABASE_URL names."""

import base64
import os
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import POSTGRESQL_OPTIONS, SQLITE, env

_RUN = os.environ.get("OPENOPCO_TEST_RUN") or os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
VAR = Path(tempfile.gettempdir()) / f"openopco-tests-{_RUN}"
SECRET_KEY = "tests-only-" + "x" * 50
VAULT_KEYS = ["test:" + base64.b64encode(bytes(range(32))).decode()]
BLIND_INDEX_KEY = base64.b64encode(bytes(range(32, 64))).decode()
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

_url = os.environ.get("TEST_DATABASE_URL", "")
if _url.startswith("sqlite"):
    _file = env.db_url_config(_url)["NAME"]
    DATABASES = {"default": {**SQLITE, "NAME": _file, "TEST": {"NAME": f"{_file}.{_RUN}"}}}
elif _url:
    # The runner migrates once, and each process copies; alone, a process migrates.
    _template = os.environ.get("TEST_DATABASE_TEMPLATE") or None
    _named = {"OPTIONS": POSTGRESQL_OPTIONS, "TEST": {"NAME": f"test_openopco_{_RUN}", "TEMPLATE": _template}}
    DATABASES = {"default": {**env.db_url_config(_url), **_named}}
else:
    DATABASES = {"default": {**SQLITE, "NAME": ":memory:"}}

MEDIA_ROOT = VAR / "files"
STATIC_ROOT = VAR / "static"
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The same algorithm as everywhere, at its lowest cost.
PASSWORD_HASHERS = ["config.settings.hashers.FastArgon2"]
MAIL_TRANSPORT = "demo"
COMPONENT_GALLERY = True
LOGGING = {}
