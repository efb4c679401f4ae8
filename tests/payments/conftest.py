"""Two accountants, on a morning of December."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from openopco.dossiers.models import Dossier  # noqa: F401 - the registry is loaded first
from openopco.payments.models import PaymentBatch
from openopco.rights import Actor
from tests.dossiers.conftest import _files, _nothing_kept  # noqa: F401
from tests.habilitations.factories import accountant
from tests.payments.builders import debtor, due, engaged, released, school


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=UTC), tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def anna(db: None) -> Actor:
    """An accountant."""
    return accountant()


@pytest.fixture
def basil(db: None) -> Actor:
    """Another one."""
    return accountant()


@pytest.fixture
def batch(anna: Actor, basil: Actor) -> PaymentBatch:
    """Two transfers at the bank, prepared by Anna, released by Basil: 100 € and 30.50 €."""
    debtor(anna, basil)
    due(engaged("100"), to=school())
    due(engaged("30.50"), to=school())
    return released(anna, basil)
