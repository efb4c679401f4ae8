"""Two people, or two clicks, at the same instant in the vault and the directory."""

import time

import pytest

from openopco.journal.models import ReadAudit
from openopco.trainees import vault
from openopco.trainees.actions import save_trainee
from openopco.trainees.errors import TooManyReveals
from openopco.trainees.models import NirSecret, Trainee
from tests.habilitations.at_once import at_once
from tests.habilitations.factories import employer, officer
from tests.trainees.factories import NIR, identity, nir, two_colleagues

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_the_limit_of_reveals_holds_between_two_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of different people: the account's row alone makes them wait for each other."""

    def first_alone(recent: int) -> bool:
        time.sleep(0.1)
        return recent < 1

    monkeypatch.setattr("openopco.trainees.vault.may_reveal_again", first_alone)
    alice, olivier = employer(), officer()
    ids = [vault.store_nir(actor=alice, raw=nir(rank)) for rank in range(3)]
    results = at_once(
        *[lambda pk=pk: vault.reveal(actor=olivier, secret_id=pk, reason="Contrôle du doublon") for pk in ids]
    )
    assert sorted(type(result).__name__ for result in results) == [TooManyReveals.__name__] * 2 + ["str"]
    assert ReadAudit.objects.count() == 1


def test_the_same_nir_typed_twice_at_once_is_one_secret() -> None:
    alice = employer()
    results = at_once(*[lambda: vault.store_nir(actor=alice, raw=NIR)] * 3)
    assert results == [NirSecret.objects.get().pk] * 3


def test_the_same_person_added_by_two_colleagues_at_once_is_one_trainee() -> None:
    garage, alice, bob = two_colleagues()
    results = at_once(
        lambda: save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR),
        lambda: save_trainee(actor=bob, establishment_id=garage.pk, identity=identity(), nir=NIR),
    )
    assert results == [Trainee.objects.get()] * 2
