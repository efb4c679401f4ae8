"""Each decision of the OPCO is a version, kept for ever."""

from decimal import Decimal

import pytest
from django.utils import timezone

from openopco.dossiers.actions._decisions import record_decision
from openopco.dossiers.enums import State
from openopco.dossiers.models import Decision
from openopco.kernel.errors import InvalidValue
from tests.dossiers.factories import NIR, in_state

pytestmark = pytest.mark.django_db


def test_the_first_decision_is_the_first_version() -> None:
    dossier, _, desk = in_state(State.ACCORDEE)
    decision = Decision.objects.get(dossier=dossier)
    assert (decision.version, decision.amount_granted, decision.decided_by_id) == (1, Decimal("560.00"), desk.user_id)


def test_the_next_one_follows_and_the_first_stays_as_it_was() -> None:
    dossier, _, desk = in_state(State.ACCORDEE)
    first = Decision.objects.filter(dossier=dossier).values().get()
    dossier.amount_granted = Decimal("500.00")
    record_decision(dossier, State.ACCORDEE, actor=desk, reason="Une heure de moins.", now=timezone.now())
    latest = Decision.objects.filter(dossier=dossier).order_by("version").last()
    assert latest is not None
    assert (latest.version, latest.amount_granted, latest.reason) == (2, Decimal("500.00"), "Une heure de moins.")
    assert latest.snapshot["trainees"]
    assert Decision.objects.filter(dossier=dossier).values().get(version=1) == first
    assert (dossier.decided_by_id, dossier.decided_at) == (desk.user_id, latest.decided_at)


def test_no_reason_may_hold_a_nir() -> None:
    dossier, _, desk = in_state(State.ACCORDEE)
    with pytest.raises(InvalidValue):
        record_decision(dossier, State.ACCORDEE, actor=desk, reason=f"Le NIR {NIR} est faux.", now=timezone.now())
    assert Decision.objects.filter(dossier=dossier).count() == 1
