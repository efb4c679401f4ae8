"""The demonstration: what `make run` starts. Loopback only, keys of its own, mail kept in the demo's mailbox."""

from config.settings import checks
from config.settings.base import *  # noqa: F403
from config.settings.base import ALLOWED_HOSTS as ASKED_HOSTS
from config.settings.base import DATABASES, VAR
from config.settings.base import INSTALLED_APPS as SHARED_APPS
from config.settings.base import MIDDLEWARE as SHARED_MIDDLEWARE
from config.settings.keys import demo_keys

checks.refuse_unwritable("OPENOPCO_VAR", VAR)
checks.refuse_shared_database(DATABASES["default"], VAR)
DEMO = True
COMPONENT_GALLERY = True
_keys = demo_keys(VAR)
SECRET_KEY = _keys["secret_key"]
VAULT_KEYS = [f"demo:{_keys['vault_key']}"]
BLIND_INDEX_KEY = _keys["blind_index_key"]
ALLOWED_HOSTS = checks.loopback_hosts(ASKED_HOSTS)
MAIL_TRANSPORT = "demo"
INSTALLED_APPS = [*SHARED_APPS, "openopco.demo"]
MIDDLEWARE = ["openopco.demo.middleware.LoopbackOnlyMiddleware", *SHARED_MIDDLEWARE]
