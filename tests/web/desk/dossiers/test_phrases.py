"""« Motif type »: a standard reason inserted in what an officer writes, edited, and counted by its code."""

from typing import Any

import pytest
from django.test import Client

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work
from openopco.dossiers.actions import corrections, deciding
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import CorrectionItem, Decision, Dossier, Message
from openopco.kernel.errors import InvalidValue
from openopco.opco import lists
from openopco.opco.shipped_lists import LISTS
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.desk.phrases import NOTHING_CHOSEN
from tests.dossiers.factories import number_of, taken
from tests.opco.factories import ListVersionFactory
from tests.web.desk.dossiers.reading import now, post, text_of, url

COST = "champ::cost"
REASON = f"motif:{COST}"


def phrase(list_code: str, code: str) -> str:
    return next(each.text for each in LISTS[list_code].shipped if each.code == code)


@pytest.fixture
def dossier(alice: Actor, place: Establishment, olga: Actor) -> Dossier:
    """Held by Olga."""
    return taken(alice, place, olga)


@pytest.mark.parametrize(
    ("page", "list_code", "code"),
    [
        ("refuser/", "refus", "hors-champ"),
        ("classer/", "sans_suite", "doublon"),
        ("accorder/", "accord_partiel", "plafond-horaire"),
    ],
)
def test_a_phrase_goes_into_the_text_and_nothing_is_done_yet(
    desk: Client, dossier: Dossier, page: str, list_code: str, code: str
) -> None:
    typed = {"reason": "Bonjour.", "amount": "500", "phrase:reason": code, "inserer": "reason"}
    answer = post(desk, dossier, page, **typed)
    assert answer.status_code == 200
    fields = answer.context["typed"]
    assert fields.value("reason") == f"Bonjour.\n\n{phrase(list_code, code)}"
    assert f'name="code:reason" value="{code}"' in answer.content.decode()
    assert "Vous pouvez modifier le texte." in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION
    if page == "accorder/":
        assert fields.value("amount") == "500"


@pytest.mark.parametrize("asked", ["", "inconnu"])
def test_nothing_chosen_is_said_beside_the_list_and_what_was_typed_stays(
    desk: Client, dossier: Dossier, asked: str
) -> None:
    answer = post(desk, dossier, "refuser/", reason="Mon motif.", inserer="reason", **{"phrase:reason": asked})
    assert answer.status_code == 422
    assert NOTHING_CHOSEN in text_of(answer)
    assert answer.context["typed"].value("reason") == "Mon motif."


@pytest.mark.parametrize(
    ("page", "code", "outcome"), [("refuser/", "hors-champ", State.REFUSEE), ("classer/", "doublon", State.SANS_SUITE)]
)
def test_a_decision_keeps_the_code_beside_the_words_that_were_edited(
    desk: Client, dossier: Dossier, page: str, code: str, outcome: State
) -> None:
    post(desk, dossier, page, reason="Des mots à moi.", **{"code:reason": code})
    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason, decision.reason_code) == (outcome, "Des mots à moi.", code)


def test_a_partial_grant_keeps_its_code(desk: Client, dossier: Dossier) -> None:
    post(desk, dossier, "accorder/", amount="100", reason="Plafond.", **{"code:reason": "plafond-horaire"})
    assert Decision.objects.get().reason_code == "plafond-horaire"


def test_a_reason_of_ones_own_has_no_code(desk: Client, dossier: Dossier) -> None:
    post(desk, dossier, "refuser/", reason="Mon motif.")
    assert Decision.objects.get().reason_code == ""


def test_a_text_taken_out_takes_its_code_with_it(dossier: Dossier, olga: Actor) -> None:
    amount = dossier.amount_asked
    assert amount is not None
    deciding.grant(actor=olga, number=number_of(dossier), amount=amount, reason=" ", reason_code="plafond-horaire")
    assert Decision.objects.get().reason_code == ""


def test_a_code_that_was_never_in_the_list_is_refused(dossier: Dossier, olga: Actor) -> None:
    number = number_of(dossier)
    with pytest.raises(InvalidValue):
        deciding.refuse(actor=olga, number=number, reason="Non.", reason_code="doublon")
    with pytest.raises(InvalidValue):
        corrections.ask(actor=olga, number=number, points=[Point(ItemKind.CHAMP, "cost", "Non.", "", "hors-champ")])
    assert not Decision.objects.exists()


def test_a_point_keeps_its_own_code(desk: Client, dossier: Dossier) -> None:
    given = {"point": COST, "due_on": "10/02/2027"}
    answer = post(desk, dossier, "corrections/", inserer=REASON, **given, **{f"phrase:{REASON}": "cout-different"})
    assert answer.status_code == 200
    (asked,) = answer.context["choice"].asked
    assert asked.field.value == phrase("complement", "cout-different")
    assert not CorrectionItem.objects.exists()
    kept = {REASON: "Corrigez le coût.", f"code:{REASON}": "cout-different"}
    post(desk, dossier, "corrections/", **given, **kept)
    item = CorrectionItem.objects.get()
    assert (item.reason, item.reason_code) == ("Corrigez le coût.", "cout-different")


def test_a_point_without_a_choice_keeps_its_text(desk: Client, dossier: Dossier) -> None:
    answer = post(desk, dossier, "corrections/", inserer=REASON, point=COST, **{REASON: "Mes mots"})
    assert answer.status_code == 422
    assert answer.context["choice"].asked[0].field.value == "Mes mots"


def test_a_message_begins_with_a_phrase(desk: Client, dossier: Dossier) -> None:
    typed = {"body": "Bonjour,", "phrase:message": "merci-du-complement", "inserer": "message"}
    answer = desk.post(url(dossier, "echanges/message/"), typed)
    assert answer.status_code == 200
    assert phrase("message", "merci-du-complement") in answer.context["typed"]["message"]
    assert not Message.objects.exists()


def test_only_what_suits_the_nature_and_the_day_is_offered(desk: Client, dossier: Dossier) -> None:
    ListVersionFactory(
        list_code="refus", code="vae-seule", label="VAE seule", text="VAE", natures=["vae"], starts_on="2020-01-01"
    )
    ListVersionFactory(
        list_code="refus", code="action", label="Action", text="A", natures=["action"], starts_on="2020-01-01"
    )
    ListVersionFactory(list_code="refus", code="demain", label="Demain", text="D", starts_on="2035-01-01")
    ListVersionFactory(
        list_code="refus", code="hors-champ", label="Fermé", text="F", is_open=False, starts_on="2020-01-01"
    )
    lists.forget()
    picker: Any = desk.get(url(dossier, "refuser/")).context["picker"]
    lists.forget()
    offered = {code for code, _ in picker.choices}
    assert "action" in offered
    assert not offered & {"vae-seule", "demain", "hors-champ"}


# --- many requests at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "list_code"), [("refuser", "refus"), ("complement", "complement"), ("ecrire", "message")]
)
def test_the_text_of_a_batch_takes_a_phrase_and_nothing_is_asked_yet(
    desk: Client, dossier: Dossier, act: str, list_code: str
) -> None:
    chosen = LISTS[list_code].shipped[0]
    typed = {"text": "Bonjour.", "phrase:text": chosen.code, "inserer": "text"}
    answer = desk.post(f"/gestion/lot/{act}/?d={dossier.number}", typed)
    assert answer.status_code == 200
    assert answer.context["typed"].value("text") == f"Bonjour.\n\n{chosen.text}"
    assert f'name="code:text" value="{chosen.code}"' in answer.content.decode()
    assert not Work.objects.exists()


def test_a_batch_without_a_chosen_phrase_says_so_and_keeps_what_was_typed(desk: Client, dossier: Dossier) -> None:
    answer = desk.post(f"/gestion/lot/refuser/?d={dossier.number}", {"text": "Bonjour.", "inserer": "text"})
    assert answer.status_code == 422
    assert NOTHING_CHOSEN in text_of(answer)
    assert answer.context["typed"].value("text") == "Bonjour."


@pytest.mark.parametrize(("code", "kept"), [("hors-champ", "hors-champ"), ("inconnu", "")])
def test_the_decisions_of_a_batch_keep_the_code_of_their_reason(
    desk: Client, dossier: Dossier, code: str, kept: str
) -> None:
    address = f"/gestion/lot/refuser/?d={dossier.number}"
    page = desk.get(address)
    typed = {
        "portee": page.context["signed"],
        "cle": str(page.context["key"]),
        "text": "Hors champ.",
        "code:text": code,
    }
    assert desk.post(address, typed).status_code == 302
    run_pending_jobs(names=["works.run"])
    decision = Decision.objects.get(dossier=dossier)
    assert (decision.reason, decision.reason_code) == ("Hors champ.", kept)
