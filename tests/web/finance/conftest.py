"""Two accountants, their browsers, and money to pay, on a morning of December."""

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.rights import Actor
from tests.dossiers.conftest import _files, _nothing_kept  # noqa: F401
from tests.payments.conftest import anna, basil, clock  # noqa: F401
from tests.web.visitors import client_of


@pytest.fixture
def annas(anna: Actor) -> Client:  # noqa: F811
    return client_of(User.objects.get(pk=anna.user_id))


@pytest.fixture
def basils(basil: Actor) -> Client:  # noqa: F811
    return client_of(User.objects.get(pk=basil.user_id))
