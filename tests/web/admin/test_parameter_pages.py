"""« Paramètres »: what administrators read of the rules in force."""

import re
from datetime import date
from html import unescape

import pytest
import time_machine
from django.test import Client

from openopco.accounts.models import User
from openopco.opco.defaults import DEFAULTS
from openopco.web.admin.wording import value_in_words
from tests.opco.factories import ParameterFactory

PAGE = "/administration/parametres/"


def _card(html: str, code: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="parameter-{code}">(.*?)</section>', html, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def _card_on(moment: str, client: Client) -> str:
    with time_machine.travel(moment, tick=False):
        client.force_login(User.objects.get())
        return _card(client.get(PAGE).content.decode(), "claim_months")


def test_every_parameter_has_its_value_its_day_and_its_source(administrator: Client) -> None:
    page = unescape(administrator.get(PAGE).content.decode())
    for code, default in DEFAULTS.items():
        card = _card(page, code)
        assert default.label in card
        assert "En vigueur" in card
    assert "4 mois" in _card(page, "claim_months")
    assert "01/04/2019" in _card(page, "claim_months")
    assert "conditions générales de septembre 2026" in _card(page, "claim_months")


def test_a_decision_to_come_stands_above_the_one_in_force(administrator: Client) -> None:
    ParameterFactory(code="claim_months", value=6, starts_on=date(2027, 1, 1))
    before = _card_on("2026-12-31 23:30:00+01:00", administrator)
    after = _card_on("2027-01-01 00:30:00+01:00", administrator)
    assert re.search(r"6 mois 01/01/2027 .* À venir 4 mois .* En vigueur", before)
    assert re.search(r"6 mois 01/01/2027 .* En vigueur 4 mois .* Ancienne", after)


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (True, "nir_required", "oui"),
        (False, "nir_required", "non"),
        (20, "answer_target_days", "20 jours calendaires"),
        (1, "answer_target_days", "1 jour calendaire"),
        (1, "min_hours", "1 heure par stagiaire"),
        (1, "claim_months", "1 mois"),
        (None, "last_submission", "aucune limite"),
        (
            {"action": ["programme"], "bilan": ["bilan"], "vae": []},
            "required_pieces",
            "action de formation : programme de l'action ; bilan de compétences : convention tripartite ; "
            "VAE : aucune pièce",
        ),
        (
            {"last_day": "2026-12-31", "late_from": "2026-12-15", "late_last_day": "2027-01-15"},
            "last_submission",
            "31/12/2026 ; 15/01/2027 si l'action débute à partir du 15/12/2026",
        ),
    ],
)
def test_a_value_reads_as_a_sentence(value: object, code: str, words: str) -> None:
    assert value_in_words(value, DEFAULTS[code]) == words


def test_every_shipped_value_has_words() -> None:
    for default in DEFAULTS.values():
        for version in default.versions:
            assert value_in_words(version.value, default)
