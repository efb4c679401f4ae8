"""The vault's seals: AES-256-GCM under a keyring, and blind indexes under a key of their own.

A sealed value is `version ‖ len(key id) ‖ key id ‖ 96-bit nonce ‖ ciphertext`, bound to its context (where it is)."""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12


class BrokenSeal(Exception):
    """The sealed value was altered, moved to another place, or its key is no longer in the keyring."""


def seal(plaintext: str, context: str) -> bytes:
    """Seals under the first key of VAULT_KEYS. `context` names the place, e.g. "trainees.nirsecret.nir:<uuid>"."""
    key_id, key = next(iter(_keyring(tuple(settings.VAULT_KEYS)).items()))
    header = bytes([VERSION, len(key_id)]) + key_id.encode()
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, plaintext.encode(), header + context.encode())


def unseal(blob: bytes, context: str) -> str:
    """The plaintext of what `seal` made for the same context. Raises `BrokenSeal`."""
    blob = bytes(blob)
    header, key = _read_header(blob)
    nonce, ciphertext = blob[len(header) : len(header) + NONCE_BYTES], blob[len(header) + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, header + context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal("sealed value altered or moved") from error


def key_id_of(blob: bytes) -> str:
    """Which key sealed this: what a rotation looks at. Raises `BrokenSeal`."""
    header, _ = _read_header(bytes(blob))
    return header[2:].decode()


def blind_index(value: str, purpose: str) -> str:
    """A keyed digest (hex) by which an exact value is found again, yet not read. `purpose` keeps columns apart."""
    key = parse_key(settings.BLIND_INDEX_KEY, "OPENOPCO_BLIND_INDEX_KEY")
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def check_keys(vault_keys: Sequence[str], index_key: str) -> None:
    """Raises `ImproperlyConfigured` for keys that could not be used. For the settings, before Django is up."""
    _keyring(tuple(vault_keys))
    parse_key(index_key, "OPENOPCO_BLIND_INDEX_KEY")


def parse_key(encoded: str, variable: str) -> bytes:
    """32 bytes from their base64. Raises `ImproperlyConfigured` naming the variable."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{variable}: base64 illisible.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{variable}: {KEY_BYTES} octets attendus, {len(key)} trouvés.")
    return key


@lru_cache(maxsize=8)
def _keyring(entries: tuple[str, ...]) -> dict[str, bytes]:
    ring = {}
    for entry in entries:
        key_id, _, encoded = entry.partition(":")
        if not (key_id.isascii() and 0 < len(key_id) <= 40) or key_id in ring:
            raise ImproperlyConfigured("OPENOPCO_VAULT_KEYS: chaque clé s'écrit « identifiant:base64 », sans doublon.")
        ring[key_id] = parse_key(encoded, "OPENOPCO_VAULT_KEYS")
    if not ring:
        raise ImproperlyConfigured("OPENOPCO_VAULT_KEYS: au moins une clé « identifiant:base64 » est nécessaire.")
    return ring


def _read_header(blob: bytes) -> tuple[bytes, bytes]:
    if len(blob) < 2 or blob[0] != VERSION:
        raise BrokenSeal("not a sealed value")
    header = blob[: 2 + blob[1]]
    try:
        return header, _keyring(tuple(settings.VAULT_KEYS))[header[2:].decode()]
    except (KeyError, UnicodeDecodeError) as error:
        raise BrokenSeal("key not in the keyring") from error
