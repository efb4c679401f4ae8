"""Keys of the demonstration, made once into var/, readable by their owner alone. Production has its own."""

import base64
import json
import os
import secrets
from pathlib import Path


def demo_keys(var: Path) -> dict[str, str]:
    """`secret_key`, `vault_key` and `blind_index_key` kept in `var/keys.json` (0600), made if absent. Two processes
    that start together end with the same keys."""
    path = var / "keys.json"
    if not path.exists():
        _make(path)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({name: _random_key() for name in ("secret_key", "vault_key", "blind_index_key")}, file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
