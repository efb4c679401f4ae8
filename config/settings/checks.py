"""Values from the environment, read strictly: a wrong one stops the start with a sentence that names it."""

import ipaddress
import tempfile
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")


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


def public_url(env: Any, variable: str, default: str, schemes: Sequence[str]) -> str:
    """Where people open the portal: a scheme, a host, a port maybe, and nothing else. A blank value counts as unset."""
    value = str(env.ENVIRON.get(variable, "")).strip()
    if not value:
        return default
    parts = _split(variable, value)
    if parts.scheme not in schemes or not parts.hostname or any(one.isspace() for one in value):
        wanted = " ou ".join(f"{one}://" for one in schemes)
        raise refuse(variable, f"{wanted} suivi d'un nom d'hôte est attendu, « {value[:60]} » trouvé.")
    if "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise refuse(variable, "rien n'est attendu après le nom d'hôte, ni compte avant lui.")
    return value.rstrip("/")


def mail_address(env: Any, variable: str, default: str) -> str:
    """« adresse » or « Nom <adresse> ». A blank value counts as unset."""
    value = str(env.ENVIRON.get(variable, "")).strip() or default
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError as error:
        raise refuse(variable, f"une adresse e-mail est attendue, « {value[:60]} » trouvé.") from error
    if not value.isprintable():
        raise refuse(variable, "une adresse e-mail tient sur une ligne.")
    return value


def database_url(env: Any, variable: str) -> str:
    """The address of a database of a known kind, with its name; empty where unset. Never says the secret it may hold."""
    value = str(env.ENVIRON.get(variable, "")).strip()
    if not value:
        return ""
    parts = _split(variable, value)
    wanted = "sqlite:////chemin/base.sqlite3 ou postgres://compte:secret@hôte:5432/base est attendu"
    if parts.scheme not in DATABASE_SCHEMES:
        raise refuse(variable, f"{wanted}, « {parts.scheme[:20]}:// » trouvé.")
    if not parts.path.strip("/"):
        raise refuse(variable, f"le nom de la base manque ({wanted}).")
    return value


def _split(variable: str, value: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise refuse(variable, "cette adresse est mal écrite (le port est un nombre de 0 à 65535).") from error
    return parts


def folder(env: Any, variable: str, default: Path) -> Path:
    """The folder's absolute path. A blank value counts as unset."""
    value = str(env.ENVIRON.get(variable, "")).strip()
    return Path(value).absolute() if value else default


def refuse_unwritable(variable: str, path: Path) -> None:
    """Makes the folder if need be (0700). Raises `ImproperlyConfigured` where nothing can be written there."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except (OSError, ValueError) as error:
        raise refuse(variable, f"« {path} » n'est pas un dossier où l'on peut écrire.") from error


def refuse_shared_database(database: Mapping[str, Any], var: Path) -> None:
    """The demonstration fills a database of its own. Raises `ImproperlyConfigured` for any but a SQLite file in `var`."""
    is_sqlite = str(database["ENGINE"]).endswith("sqlite3")
    if not is_sqlite or not Path(str(database["NAME"])).resolve().is_relative_to(var.resolve()):
        raise refuse(
            "DATABASE_URL",
            f"la démonstration n'écrit que dans une base SQLite à elle, sous {var}. Ôtez cette variable, puis relancez.",
        )


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
