"""The secret of an invitation's link: whoever reads our database learns no link from it."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """A plain digest is enough: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()
