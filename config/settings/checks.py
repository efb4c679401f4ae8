"""Values from the environment, read strictly: a wrong one stops the start with a sentence that names it."""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def refuse(variable: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable} : {why}")


def required(env: Any, variable: str, why: str) -> str:
    """The variable's text. Raises `ImproperlyConfigured` when it is absent or blank."""
    value = str(env.ENVIRON.get(variable, "")).strip()
    if not value:
        raise refuse(variable, f"cette variable d'environnement est nécessaire ({why}).")
    return value


def integer(env: Any, variable: str, default: int, *, least: int, most: int) -> int:
    raw = str(env.ENVIRON.get(variable, default)).strip()
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise refuse(variable, f"un nombre entier de {least} à {most} est attendu, « {raw[:40]} » trouvé.")
    return int(raw)


def choice(env: Any, variable: str, default: str, allowed: Sequence[str]) -> str:
    value = str(env.ENVIRON.get(variable, default)).strip()
    if value not in allowed:
        raise refuse(variable, f"une valeur parmi {', '.join(allowed)} est attendue, « {value[:40]} » trouvée.")
    return value


def flag(env: Any, variable: str, default: bool) -> bool:
    raw = str(env.ENVIRON.get(variable, str(default))).strip().lower()
    if raw not in {"1", "0", "true", "false", "oui", "non", "yes", "no"}:
        raise refuse(variable, f"oui ou non est attendu, « {raw[:40]} » trouvé.")
    return raw in {"1", "true", "oui", "yes"}


def secret(env: Any, variable: str, *, least: int) -> str:
    value = required(env, variable, f"au moins {least} caractères tirés au hasard")
    if len(value) < least:
        raise refuse(variable, f"trop court : {least} caractères au moins, {len(value)} trouvés.")
    return value


def public_hosts(env: Any, variable: str) -> list[str]:
    """Names under which the portal answers. No wildcard for everything."""
    hosts = [
        host.strip() for host in required(env, variable, "les noms de l'hôte, séparés par des virgules").split(",")
    ]
    for host in hosts:
        if host in {"", "*"} or "/" in host or ":" in host.strip("[]").replace("::", ""):
            raise refuse(variable, f"« {host[:60]} » n'est pas un nom d'hôte.")
    return hosts


def url(env: Any, variable: str, default: str | None, schemes: Sequence[str]) -> str:
    value = env.ENVIRON.get(variable, default)
    if value is None:
        raise refuse(variable, f"cette variable d'environnement est nécessaire (une adresse {schemes[0]}://…).")
    if urlsplit(value).scheme not in schemes:
        raise refuse(
            variable, f"une adresse qui commence par {' ou '.join(f'{one}://' for one in schemes)} est attendue."
        )
    return str(value)


def loopback_hosts(asked: Sequence[str]) -> list[str]:
    """The demonstration's hosts. Raises `ImproperlyConfigured` for any that is not this machine."""
    for host in asked:
        if not is_loopback(host):
            raise refuse(
                "OPENOPCO_HOSTS", f"la démonstration ne répond que sur cette machine, pas sur « {host[:60]} »."
            )
    return [*LOOPBACK_NAMES]


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
