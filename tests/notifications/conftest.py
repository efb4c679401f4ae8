"""Kinds of notices that only the tests know."""

import pytest

from openopco.notifications.kinds import NoticeKind, register

QUIET = register(NoticeKind("tests.quiet", "Ce qui se passe", mail=False))
LOUD = register(NoticeKind("tests.loud", "Ce qui m'intéresse", act="Voir ce qu'il y a"))
COMPULSORY = register(NoticeKind("tests.compulsory", "Ce qui touche à mes droits", compulsory=True))


@pytest.fixture(autouse=True)
def _public_url(settings: object) -> None:
    settings.PUBLIC_URL = "https://portail.example"  # type: ignore[attr-defined]
