"""What is measured: production's way of serving, without HTTPS, against a database made for it. Loopback alone."""

from config.settings import checks
from config.settings.base import *  # noqa: F403
from config.settings.base import ROOT, VAR
from config.settings.base import TEMPLATES as SHARED_TEMPLATES
from config.settings.keys import demo_keys

_keys = demo_keys(VAR)
SECRET_KEY = _keys["secret_key"]
VAULT_KEYS = [f"bench:{_keys['vault_key']}"]
BLIND_INDEX_KEY = _keys["blind_index_key"]
ALLOWED_HOSTS = [*checks.LOOPBACK_NAMES]
ROOT_URLCONF = "tests.bench.urls"
MAIL_TRANSPORT = "demo"
OPENOPCO_MFA_REQUIRED = False
# Hundreds of requests a second come from one address.
ACCOUNT_RATE_LIMITS = False
TEMPLATES = [{**SHARED_TEMPLATES[0], "DIRS": [*SHARED_TEMPLATES[0]["DIRS"], ROOT / "tests" / "bench" / "templates"]}]
