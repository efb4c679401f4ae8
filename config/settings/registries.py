"""The public registries that the portal asks. Star-imported by the base settings.

`embedded` is the demonstration's own file; `http` asks the services below, which need no key."""

from typing import Any

import environ

from config.settings import checks

_env = environ.Env()

REGISTRY: str = checks.choice(_env, "OPENOPCO_REGISTRY", "embedded", ("embedded", "http"))

# The one way out, where the installation has a proxy for it. The proxies of the environment are not followed.
OUTBOUND_PROXY: str = _env("OPENOPCO_OUTBOUND_PROXY", default="")
# Base address, longest wait for a whole answer (seconds), hosts that may be spoken to.
OUTBOUND: dict[str, dict[str, Any]] = {
    "sirene": {
        "base_url": "https://recherche-entreprises.api.gouv.fr",
        "timeout": 4.0,
        "hosts": ["recherche-entreprises.api.gouv.fr"],
    },
    "providers": {
        "base_url": "https://dgefp.opendatasoft.com",
        "timeout": 4.0,
        "hosts": ["dgefp.opendatasoft.com"],
    },
    "opcos": {
        "base_url": "https://www.cfadock.fr",
        "timeout": 3.0,
        "hosts": ["www.cfadock.fr"],
    },
}
