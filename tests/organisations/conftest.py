"""An employer, an officer, and a public service on loopback."""

from collections.abc import Iterator
from typing import Any

import pytest

from openopco.rights import Actor, Grant, Role
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.organisations.servers import Service, service


@pytest.fixture
def alice(db: None) -> Actor:
    """Somebody who signed in and has no membership yet."""
    user = UserFactory.create()
    return Actor(user.pk, "Alice")


@pytest.fixture
def officer(db: None) -> Actor:
    user = OpcoUserFactory.create()
    return Actor(user.pk, "Olivier", (Grant(Role.GESTIONNAIRE),))


@pytest.fixture
def public_services(settings: Any) -> Iterator[Service]:
    """All three services behind one loopback address, asked with a short patience."""
    with service() as running:
        options = {"base_url": running.address, "timeout": 0.6, "hosts": ["127.0.0.1"], "max_bytes": 200_000}
        settings.OUTBOUND = {name: dict(options) for name in ("sirene", "providers", "opcos")}
        settings.REGISTRY = "http"
        yield running
