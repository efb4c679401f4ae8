"""« Paramètres »: what administrators read of the rules in force, and how they date a new value."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.opco import parameters
from openopco.opco.defaults import DEFAULTS
from openopco.opco.models import Parameter
from openopco.web.admin.parameter_forms import ValueForm
from openopco.web.admin.wording import EXAMPLES, effect_in_words, value_in_words
from tests.opco.factories import ParameterFactory

LIST = "/administration/parametres/"
CLAIM = f"{LIST}claim_months/"
NEW_YEAR = date(2027, 1, 1)
GIVEN = {"value": "6", "starts_on": "01/01/2027", "source": "CA du 12/12/2026", "late_reason": ""}
NOW = "2026-11-30 10:00:00+01:00"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def _row(client: Client, code: str) -> str:
    found = re.search(
        rf'<tr>\s*<th scope="row"><a href="{LIST}{code}/">.*?</tr>', client.get(LIST).content.decode(), re.S
    )
    assert found is not None
    return _words(found[0])


def _page(answer: Any) -> str:
    return _words(answer.content.decode())


def test_every_parameter_has_its_value_and_its_day(administrator: Client) -> None:
    for code, default in DEFAULTS.items():
        assert default.label in _row(administrator, code)
    assert re.search(r"4 mois 01/04/2019 Rien", _row(administrator, "claim_months"))


def test_what_is_planned_stands_beside_what_is_in_force(administrator: Client) -> None:
    ParameterFactory(code="claim_months", value=6, starts_on=NEW_YEAR)
    assert re.search(r"4 mois 01/04/2019 01/01/2027 6 mois", _row(administrator, "claim_months"))
    with time_machine.travel("2027-01-01 00:30:00+01:00", tick=False):
        administrator.force_login(User.objects.get())
        assert re.search(r"6 mois 01/01/2027 Rien", _row(administrator, "claim_months"))


def test_a_page_tells_source_author_and_history(administrator: Client) -> None:
    ParameterFactory(code="claim_months", value=6, starts_on=NEW_YEAR)
    page = _page(administrator.get(CLAIM))
    assert "conditions générales de septembre 2026" in page
    assert re.search(
        r"6 mois , à partir du 01/01/2027 Décision du conseil d'administration Denis Roux, .*? À venir Retirer", page
    )
    assert re.search(r"4 mois , à partir du 01/04/2019 .*? Livré avec OpenOPCO En vigueur", page)


@pytest.mark.parametrize("code", sorted(DEFAULTS))
def test_every_parameter_has_a_page_that_tells_its_effect_and_takes_its_own_value_back(
    administrator: Client, code: str
) -> None:
    default = DEFAULTS[code]
    answer = administrator.get(f"{LIST}{code}/")
    assert default.effect in _page(answer)
    assert (default.law in _page(answer)) if default.law else "Ce que la loi fixe" not in _page(answer)
    form = answer.context["form"]
    posted = {name: form[name].value() for name in form.value_names if form[name].value() is not None}
    again = ValueForm(default, _query({**posted, "starts_on": "01/01/2027", "source": "CA"}))
    assert again.is_valid(), again.errors
    assert again.value() == parameters.value(code, date(2026, 11, 30))


def _query(values: dict[str, Any]) -> Any:
    made = QueryDict(mutable=True)
    for name, value in values.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


def test_a_new_value_is_shown_before_it_is_kept(administrator: Client) -> None:
    answer = administrator.post(CLAIM, GIVEN)
    page = _page(answer)
    assert answer.status_code == 200
    assert not Parameter.objects.exists()
    assert "Valeur 6 mois Au lieu de 4 mois Source CA du 12/12/2026" in page
    assert (
        "Pour une action finie le 01/01/2027, le remboursement se demandera jusqu'au 01/07/2027, au lieu du 01/05/2027."
        in page
    )


def test_a_confirmed_value_is_kept_and_told(administrator: Client) -> None:
    answer = administrator.post(CLAIM, {**GIVEN, "confirmer": "oui"}, follow=True)
    row = Parameter.objects.get()
    assert (row.code, row.value, row.starts_on, row.created_by) == ("claim_months", 6, NEW_YEAR, "Denis Roux")
    assert "nouvelle valeur à partir du 01/01/2027" in _page(answer)


def test_what_was_typed_comes_back_to_be_changed(administrator: Client) -> None:
    answer = administrator.post(CLAIM, {**GIVEN, "modifier": "oui"})
    assert answer.context["form"]["source"].value() == "CA du 12/12/2026"
    assert not Parameter.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"value": "six"}, "value", "Écrivez un nombre entier, de 1 à 36."),
        ({"value": "37"}, "value", "Écrivez un nombre entier, de 1 à 36."),
        ({"starts_on": "32/01/2027"}, "starts_on", "Le 32/01/2027 n'existe pas."),
        ({"starts_on": ""}, "starts_on", "Indiquez une date, par exemple 12/01/2027."),
        ({"starts_on": "29/11/2026"}, "starts_on", "Ce jour est passé."),
        ({"source": " "}, "source", "Indiquez la décision qui fonde cette valeur."),
        ({"source": "1 84 12 76 451 089 46"}, "source", "numéro de sécurité sociale"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"confirmer": "oui"}])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    administrator: Client, changed: dict[str, str], field: str, sentence: str, step: dict[str, str]
) -> None:
    answer = administrator.post(CLAIM, {**GIVEN, **changed, **step})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert 'class="error-summary"' in answer.content.decode()
    assert answer.context["form"]["value"].value() == {**GIVEN, **changed}["value"]
    assert not Parameter.objects.exists()


def test_a_day_that_has_its_value_is_refused_beside_the_day(administrator: Client) -> None:
    ParameterFactory(code="claim_months", value=5, starts_on=NEW_YEAR)
    for step in ({}, {"confirmer": "oui"}):
        answer = administrator.post(CLAIM, {**GIVEN, **step})
        assert answer.status_code == 422
        assert "a déjà une valeur" in answer.context["form"].errors["starts_on"][0]
    assert Parameter.objects.get().value == 5


def test_a_past_day_is_warned_of_with_its_reason(administrator: Client) -> None:
    page = _page(administrator.post(CLAIM, {**GIVEN, "starts_on": "01/11/2026", "late_reason": "Décision rétroactive"}))
    assert "Le 01/11/2026 est passé." in page
    assert "Décision rétroactive" in page


def test_a_planned_value_is_withdrawn_after_a_question(administrator: Client) -> None:
    planned = ParameterFactory(code="claim_months", value=6, starts_on=NEW_YEAR)
    url = f"{CLAIM}retirer/{planned.pk}/"
    assert "6 mois, à partir du 01/01/2027" in _page(administrator.get(url))
    page = _page(administrator.post(url, follow=True))
    assert "La valeur prévue le 01/01/2027 est retirée." in page
    assert "Retirée avant son jour" in page
    assert Parameter.objects.filter(withdrawn=True).count() == 1
    assert administrator.get(url).status_code == 404


@pytest.mark.parametrize("path", ["inconnu/", "claim_months/retirer/999/"])
def test_what_is_not_there_is_not_found(administrator: Client, path: str) -> None:
    assert administrator.get(LIST + path).status_code == 404


def test_pages_cost_the_same_whatever_their_history(administrator: Client, django_assert_num_queries: Any) -> None:
    administrator.get(CLAIM)
    with _counted() as few:
        administrator.get(CLAIM)
    for year in range(2028, 2036):
        ParameterFactory(code="claim_months", value=6, starts_on=date(year, 1, 1))
    with django_assert_num_queries(len(few)):
        administrator.get(CLAIM)


def _counted() -> Any:
    return CaptureQueriesContext(connection)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"last_day": "30/11/2026"}, {"late_from", "late_last_day"}),
        ({"last_day": "31/12/2026", "late_from": "01/12/2026", "late_last_day": "30/12/2026"}, {"late_last_day"}),
        ({"last_day": "31/12/2026", "late_from": "01/12/2026", "late_last_day": "15/01/2027"}, set()),
        ({}, set()),
    ],
)
def test_limits_come_three_together_in_order(values: dict[str, str], errors: set[str]) -> None:
    form = ValueForm(DEFAULTS["last_submission"], {"starts_on": "01/01/2027", "source": "CA", **values})
    assert set(form.errors) == errors


def test_no_date_at_all_is_no_limit() -> None:
    form = ValueForm(DEFAULTS["last_submission"], {"starts_on": "01/01/2027", "source": "CA"})
    assert form.is_valid()
    assert form.value() is None


def test_a_first_day_is_a_date_or_nothing() -> None:
    given = {"starts_on": "01/01/2028", "source": "CA"}
    form = ValueForm(DEFAULTS["first_submission"], {**given, "value": "01/10/2027"})
    assert form.is_valid()
    assert form.value() == "2027-10-01"
    always = ValueForm(DEFAULTS["first_submission"], given)
    assert always.is_valid()
    assert always.value() is None
    assert ValueForm(DEFAULTS["first_submission"], {**given, "value": "demain"}).errors.keys() == {"value"}


def test_a_piece_that_is_not_of_the_list_is_refused() -> None:
    posted = _query({"pieces_action": ["devis"], "starts_on": "01/01/2027", "source": "CA"})
    form = ValueForm(DEFAULTS["required_pieces"], posted)
    assert list(form.errors) == ["pieces_action"]


def test_examples_are_of_known_parameters_and_silent_where_nothing_changes() -> None:
    assert set(EXAMPLES) <= set(DEFAULTS)
    assert effect_in_words("claim_months", 4, 4, NEW_YEAR) == ""
    assert effect_in_words("nir_required", True, False, NEW_YEAR) == ""
    assert "21/01/2027, au lieu du 16/01/2027" in effect_in_words("answer_target_days", 15, 20, NEW_YEAR)


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
        ("2027-10-01", "first_submission", "01/10/2027"),
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
