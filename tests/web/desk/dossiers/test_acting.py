"""Each act of the desk: by the right person, by the wrong one, too late, and with something wrong in it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from openopco.accounts.models import User
from openopco.dossiers.actions import corrections, deciding, drafts, holding, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import CorrectionState, ItemKind, State
from openopco.dossiers.models import CorrectionRequest, Decision, Dossier, DraftField, DraftRow
from openopco.journal import entries_of
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import DossierFactory, asked, garage, number_of, sent, taken
from tests.habilitations.factories import employer
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, holds, now, post, text_of, title_of, url

POSTS = (
    "prendre/", "remettre/", "confier/", "corrections/", "corrections/retirer/", "rectifier/?point=champ::title",
    "accorder/", "refuser/", "classer/", "echanges/message/", "echanges/note/",
)  # fmt: skip
COST = "champ::cost"


@pytest.fixture
def dossier(alice: Actor, place: Establishment, olga: Actor) -> Dossier:
    """Held by Olga."""
    return taken(alice, place, olga)


def last_event(dossier: Dossier) -> str:
    return [entry.event for entry in entries_of("dossier", dossier.pk)][-1]


# --- wrong people --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", POSTS)
def test_nobody_but_officers_acts_at_the_desk(
    dossier: Dossier, alice: Actor, ada: Actor, ended: Actor, page: str
) -> None:
    before = now(dossier)
    for stranger in (alice, ada, ended):
        assert post(browser_of(stranger), dossier, page, reason="Non", body="Non").status_code == 403
    assert Client().post(url(dossier, page)).status_code == 302
    assert (now(dossier).version, now(dossier).state) == (before.version, before.state)


@pytest.mark.parametrize(
    "page", ["remettre/", "accorder/", "refuser/", "classer/", "corrections/", "rectifier/?point=champ::title"]
)
def test_a_colleague_is_told_who_holds_it_and_keeps_what_he_typed(
    dossier: Dossier, olga: Actor, other_desk: Client, page: str
) -> None:
    typed = {"reason": "Hors critères.", "amount": "560", "value": "Autre", "point": COST, "due_on": "01/12/2026"}
    typed[f"motif:{COST}"] = "Hors critères."
    answer = post(other_desk, dossier, page, **typed)
    assert answer.status_code == 409
    told = f"Ce dossier est traité par {User.objects.get(pk=olga.user_id).full_name}."
    assert f"pas fait{told}" in text_of(answer)
    assert "n'est pas possible maintenant" not in text_of(answer)
    # An old page says the same: who holds it comes before what changed.
    assert f"pas fait{told}" in text_of(post(other_desk, dossier, page, version=0, **typed))
    assert page == "remettre/" or "Hors critères." in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("page", ["prendre/", "remettre/", "echanges/message/", "echanges/note/"])
def test_acts_are_posted_never_followed(desk: Client, dossier: Dossier, page: str) -> None:
    assert desk.get(url(dossier, page)).status_code == 405


def test_an_act_needs_the_token_of_its_page(desk: Client, dossier: Dossier) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    assert post(strict, dossier, "refuser/", reason="Non").status_code == 403
    assert now(dossier).state == State.EN_INSTRUCTION


def test_nobody_decides_what_he_filed(desk: Client, olga: Actor) -> None:
    own = DossierFactory.create(created_by=User.objects.get(pk=olga.user_id))
    taking = post(desk, own, "prendre/")
    assert taking.status_code == 409
    assert "un collègue doit l'examiner" in text_of(taking)
    # As if the table had been brought there by another way.
    Dossier.objects.filter(pk=own.pk).update(state=State.EN_INSTRUCTION, holder_id=olga.user_id)
    for page in ("accorder/", "refuser/", "classer/"):
        answer = post(desk, own, page, amount="560", reason="Parce que.")
        assert answer.status_code == 403
        assert "un collègue doit l'examiner" in text_of(answer)
    assert now(own).state == State.EN_INSTRUCTION


# --- take, give back, hand on --------------------------------------------------------------------------------------------


def test_one_takes_then_gives_back(desk: Client, olga: Actor, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert post(desk, dossier, "prendre/")["Location"] == url(dossier)
    assert holds(olga, dossier)
    assert post(desk, dossier, "remettre/")["Location"] == url(dossier)
    assert now(dossier).state == State.TRANSMISE
    assert last_event(dossier) == "dossier.relacher"


def test_of_two_officers_one_wins_and_the_other_sees_who(
    desk: Client, other_desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = sent(alice, place)
    version = dossier.version
    post(desk, dossier, "prendre/", version=version)
    answer = post(other_desk, dossier, "prendre/", version=version)
    assert answer.status_code == 409
    assert "vient de prendre ce dossier" in text_of(answer)
    assert "En instruction" in text_of(answer)
    assert title_of(answer).startswith("Erreur : ")
    assert holds(olga, dossier)


def test_a_request_cancelled_meanwhile_is_not_taken(desk: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    version = dossier.version
    deciding.cancel(actor=alice, number=number_of(dossier))
    answer = post(desk, dossier, "prendre/", version=version)
    assert answer.status_code == 409
    assert "Annulée par l'employeur" in text_of(answer)


def test_one_hands_a_request_to_a_colleague(desk: Client, omar: Actor, dossier: Dossier) -> None:
    choices = found(desk.get(url(dossier, "confier/")), "//input[@name='a']/@value")
    assert choices == [str(omar.user_id)]
    assert post(desk, dossier, "confier/", a=omar.user_id)["Location"] == url(dossier)
    assert holds(omar, dossier)


@pytest.mark.parametrize("chosen", ["", "abc", "999999"])
def test_one_must_choose_an_officer(desk: Client, omar: Actor, dossier: Dossier, chosen: str) -> None:
    answer = post(desk, dossier, "confier/", a=chosen)
    assert answer.status_code == 422
    assert "Choisissez un gestionnaire." in text_of(answer)


def test_neither_an_employer_nor_an_administrator_is_given_a_request(
    desk: Client, alice: Actor, ada: Actor, ended: Actor, olga: Actor, dossier: Dossier
) -> None:
    for other in (alice, ada, ended):
        assert post(desk, dossier, "confier/", a=other.user_id).status_code == 422
    assert holds(olga, dossier)


def test_who_filed_it_is_not_among_those_it_may_be_given_to(
    desk: Client, other_desk: Client, omar: Actor, alice: Actor
) -> None:
    own = DossierFactory.create(created_by=User.objects.get(pk=omar.user_id))
    assert str(omar.user_id) not in found(desk.get(url(own, "confier/")), "//input[@name='a']/@value")
    assert post(desk, own, "confier/", a=omar.user_id).status_code == 422


def test_what_changed_meanwhile_is_not_handed_on(desk: Client, omar: Actor, olga: Actor, dossier: Dossier) -> None:
    version = dossier.version
    holding.release(actor=olga, number=number_of(dossier))
    answer = post(desk, dossier, "confier/", a=omar.user_id, version=version)
    assert answer.status_code == 409
    assert "a changé depuis que vous l'avez ouvert" in text_of(answer)
    assert found(answer, "//input[@checked]/@value") == [str(omar.user_id)]
    assert now(dossier).holder_id is None


# --- corrections ---------------------------------------------------------------------------------------------------------


def ask(client: Client, dossier: Dossier, *keys: str, **typed: Any) -> Any:
    reasons = {f"motif:{key}": f"Pourquoi {key}" for key in keys}
    given = {"point": list(keys), "due_on": "07/12/2026", "message": "Merci.", **reasons, **typed}
    return post(client, dossier, "corrections/", **given)


def test_points_chosen_on_the_page_are_ready_to_be_explained(desk: Client, dossier: Dossier) -> None:
    row = DraftRow.objects.get(dossier=dossier).key
    points = f"point={COST}&point=champ:{row}:birth_date&point=piece::programme&point=champ::attest&point=x"
    page = desk.get(f"{url(dossier, 'corrections/')}?{points}")
    shown = text_of(page)
    assert found(page, "//input[@type='hidden'][@name='point']/@value") == [
        COST, f"champ:{row}:birth_date", "piece::programme",
    ]  # fmt: skip
    assert "« 560,00 € »" in shown
    assert "« 05/01/1995 »" in shown
    assert found(page, "//input[@name='due_on']/@value") == ["08/12/2026"]


def test_one_asks_fields_and_pieces_each_with_its_reason(desk: Client, dossier: Dossier) -> None:
    answer = ask(desk, dossier, COST, "piece::programme")
    assert answer["Location"] == url(dossier)
    request = CorrectionRequest.objects.get(dossier=dossier)
    assert (request.due_on, request.message) == (date(2026, 12, 7), "Merci.")
    kept = [(item.kind, item.name, item.reason) for item in request.items.order_by("id")]
    assert kept == [("champ", "cost", f"Pourquoi {COST}"), ("piece", "programme", "Pourquoi piece::programme")]
    assert now(dossier).state == State.COMPLEMENT_DEMANDE
    assert "07/12/2026" in text_of(desk.get(url(dossier)))


def test_the_nir_may_be_asked_and_is_never_shown(desk: Client, dossier: Dossier) -> None:
    row = DraftRow.objects.get(dossier=dossier).key
    ask(desk, dossier, f"champ:{row}:nir")
    assert [item.before for item in CorrectionRequest.objects.get().items.all()] == ["Renseigné"]


def test_points_are_added_and_taken_off_before_anything_is_sent(desk: Client, dossier: Dossier) -> None:
    added = ask(desk, dossier, COST, "champ::title", ajouter="1")
    assert added.status_code == 200
    assert "Pourquoi champ::cost" in text_of(added)
    taken_off = ask(desk, dossier, COST, "champ::title", retirer=COST)
    assert found(taken_off, "//input[@type='hidden'][@name='point']/@value") == ["champ::title"]
    assert CorrectionRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({f"motif:{COST}": "  "}, "Écrivez ce qui ne va pas"),
        ({"due_on": "31/02/2027"}, "n'existe pas"),
        ({"due_on": "23/11/2026"}, "Laissez au moins un jour"),
        ({"due_on": "01/01/2030"}, "dans l'année qui vient"),
    ],
)
def test_what_is_wrong_in_a_correction_is_said_and_the_rest_kept(
    desk: Client, dossier: Dossier, typed: dict[str, str], message: str
) -> None:
    answer = ask(desk, dossier, COST, "piece::programme", **typed)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "Pourquoi piece::programme" in text_of(answer)
    assert "Merci." in text_of(answer)
    assert title_of(answer).startswith("Erreur : ")
    assert CorrectionRequest.objects.count() == 0


def test_a_correction_asks_something(desk: Client, dossier: Dossier) -> None:
    answer = ask(desk, dossier)
    assert answer.status_code == 422
    assert "Choisissez au moins un champ ou une pièce" in text_of(answer)
    assert "Merci." in text_of(answer)


def test_a_correction_on_what_changed_meanwhile_keeps_its_words(desk: Client, dossier: Dossier) -> None:
    version = dossier.version
    post(desk, dossier, "rectifier/?point=champ::title", value="Autre titre", reason="Faute.")
    answer = ask(desk, dossier, COST, version=version)
    assert answer.status_code == 409
    assert "a changé depuis que vous l'avez ouvert" in text_of(answer)
    assert f"Pourquoi {COST}" in text_of(answer)
    assert found(answer, "//input[@name='version']/@value") == [str(now(dossier).version)]
    assert ask(desk, dossier, COST)["Location"] == url(dossier)


def test_a_correction_on_what_was_cancelled_gives_its_words_back(desk: Client, alice: Actor, dossier: Dossier) -> None:
    deciding.cancel(actor=alice, number=number_of(dossier))
    answer = ask(desk, dossier, COST)
    assert answer.status_code == 409
    assert "Annulée par l'employeur" in text_of(answer)
    assert f"Pourquoi {COST}" in text_of(answer)
    assert found(answer, "//textarea[not(@readonly)]") == []


def test_a_correction_no_longer_needed_is_withdrawn(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    assert "Retirer la demande" in text_of(desk.get(url(dossier, "corrections/retirer/")))
    assert post(desk, dossier, "corrections/retirer/")["Location"] == url(dossier)
    assert CorrectionRequest.objects.get().state == CorrectionState.RETIREE
    again = post(desk, dossier, "corrections/retirer/")
    assert again.status_code == 409


# --- slips ---------------------------------------------------------------------------------------------------------------


def test_an_evident_slip_is_mended_and_traced(desk: Client, dossier: Dossier) -> None:
    page = desk.get(url(dossier, "rectifier/?point=champ::hours"))
    assert found(page, "//input[@name='value']/@value") == ["14"]
    answer = post(desk, dossier, "rectifier/?point=champ::hours", value="7", reason="Le programme dit 7 h.")
    assert answer["Location"] == url(dossier)
    assert DraftField.objects.get(dossier=dossier, name="hours").value == "7"
    history = text_of(desk.get(url(dossier, "historique/")))
    assert "« 14 h » devient « 7 h »" in history
    assert "Le programme dit 7 h." in history


def test_an_amount_is_not_raised_at_the_desk(desk: Client, dossier: Dossier) -> None:
    answer = post(desk, dossier, "rectifier/?point=champ::cost", value="5600", reason="Il manque un zéro.")
    assert answer.status_code == 422
    assert "Demandez une correction à l'employeur : seul lui peut augmenter le coût." in text_of(answer)
    assert DraftField.objects.get(dossier=dossier, name="cost").value == "560,00"


def test_what_was_rectified_is_granted_with_a_reason_alone(desk: Client, dossier: Dossier) -> None:
    post(desk, dossier, "rectifier/?point=champ::cost", value="56", reason="Un zéro de trop.")
    page = desk.get(url(dossier, "accorder/"))
    assert found(page, "//input[@name='amount']/@value") == ["56,00"]
    assert "Coût demandé : 560,00 € HT" in text_of(page)
    assert post(desk, dossier, "accorder/", amount="56").status_code == 422
    post(desk, dossier, "accorder/", amount="56", reason="Un zéro de trop.")
    assert (Decision.objects.get().amount_asked, now(dossier).state) == (Decimal("560.00"), State.ACCORDEE)


def test_the_officer_sees_the_costs_that_he_does_not_decide(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga, repas_quantity="2", repas_amount="30,00")
    for page in ("", "accorder/"):
        shown = text_of(desk.get(url(dossier, page)))
        assert "30,00 € HT demandés en plus du coût pédagogique : à justifier au moment de payer." in shown


def test_a_newcomers_request_is_not_refused_before_his_attachment_is_decided(
    desk: Client, olga: Actor, place: Establishment
) -> None:
    dossier = taken(employer(place, accepted=False), place, olga)
    page = desk.get(url(dossier, "refuser/"))
    assert "Décidez d'abord du rattachement" in text_of(page)
    assert found(page, "//main//a[@href='/gestion/rattachements/']")
    assert found(page, f"//main//a[@href='{url(dossier, 'classer/')}']")
    assert not found(page, "//main//textarea")
    answer = post(desk, dossier, "refuser/", reason="Hors critères.")
    assert answer.status_code == 409
    assert "Hors critères." in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION


def test_a_slip_in_a_trainee_and_in_a_box(desk: Client, dossier: Dossier) -> None:
    row = DraftRow.objects.get(dossier=dossier).key
    post(desk, dossier, f"rectifier/?point=champ:{row}:first_name", value="Zoë", reason="Carte d'identité.")
    post(desk, dossier, f"rectifier/?point=champ:{row}:rqth", value="oui", reason="Attestation jointe.")
    assert DraftField.objects.get(dossier=dossier, row=row, name="first_name").value == "Zoë"
    post(desk, dossier, f"rectifier/?point=champ:{row}:rqth", reason="Finalement non.")
    assert DraftField.objects.get(dossier=dossier, row=row, name="rqth").value == ""
    assert "oui" not in str(
        [entry.payload for entry in entries_of("dossier", dossier.pk) if "rqth" in str(entry.payload)]
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"value": "beaucoup", "reason": "Faute."}, "illisible"),
        ({"value": "14", "reason": "Faute."}, "C'est déjà la valeur du dossier."),
        ({"value": "7", "reason": " "}, "Écrivez le motif"),
        ({"value": "", "reason": "Faute."}, "Indiquez la durée en heures."),
    ],
)
def test_what_is_wrong_in_a_slip_is_said_and_kept(
    desk: Client, dossier: Dossier, typed: dict[str, str], message: str
) -> None:
    answer = post(desk, dossier, "rectifier/?point=champ::hours", **typed)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert found(answer, "//input[@name='value']/@value") == [typed["value"]]
    assert typed["reason"].strip() in text_of(answer)
    assert DraftField.objects.get(dossier=dossier, name="hours").value == "14"


def test_some_fields_are_the_employers_alone(desk: Client, dossier: Dossier) -> None:
    row = DraftRow.objects.get(dossier=dossier).key
    for key in (f"champ:{row}:nir", "champ::attest", "champ::done_on", "piece::programme", "champ::none", ""):
        assert desk.get(url(dossier, f"rectifier/?point={key}")).status_code == 404
        assert post(desk, dossier, f"rectifier/?point={key}", value="x", reason="y").status_code == 404


def test_a_slip_on_what_changed_meanwhile_shows_both_and_waits(desk: Client, dossier: Dossier) -> None:
    version = dossier.version
    post(desk, dossier, "rectifier/?point=champ::title", value="Premier", reason="Faute.")
    answer = post(desk, dossier, "rectifier/?point=champ::title", version=version, value="Second", reason="Faute.")
    assert answer.status_code == 409
    assert "Premier" in text_of(answer)
    assert found(answer, "//input[@name='value']/@value") == ["Second"]


# --- decisions -----------------------------------------------------------------------------------------------------------


def test_one_grants_what_was_asked(desk: Client, dossier: Dossier) -> None:
    page = desk.get(url(dossier, "accorder/"))
    assert found(page, "//input[@name='amount']/@value") == ["560,00"]
    assert post(desk, dossier, "accorder/", amount="560,00")["Location"] == url(dossier)
    assert (now(dossier).state, now(dossier).amount_granted) == (State.ACCORDEE, Decimal("560.00"))


def test_one_grants_less_and_says_why(desk: Client, dossier: Dossier) -> None:
    unsaid = post(desk, dossier, "accorder/", amount="500")
    assert unsaid.status_code == 422
    assert "Expliquez pourquoi" in text_of(unsaid)
    assert found(unsaid, "//input[@name='amount']/@value") == ["500"]
    post(desk, dossier, "accorder/", amount="500", reason="Plafond.")
    assert Decision.objects.get().reason == "Plafond."


@pytest.mark.parametrize("amount", ["", "mille", "-1", "560,01", "1e3", "NaN", "12,345"])
def test_an_amount_that_does_not_stand_is_said_and_kept(desk: Client, dossier: Dossier, amount: str) -> None:
    answer = post(desk, dossier, "accorder/", amount=amount, reason="Plafond.")
    assert answer.status_code == 422
    assert found(answer, "//p[@id='id_amount_error']")
    assert found(answer, "//input[@name='amount']/@value") == [amount]
    assert "Plafond." in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION


def test_what_blocks_is_said_and_forbids_granting(desk: Client, olga: Actor) -> None:
    unknown = garage(verified=False)
    dossier = taken(employer(unknown), unknown, olga)
    page = desk.get(url(dossier, "accorder/"))
    assert "il reste à vérifier" in text_of(page)
    assert found(page, "//main//form") == []
    answer = post(desk, dossier, "accorder/", amount="560", reason="Quand même.")
    assert answer.status_code == 409
    assert "Quand même." in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION
    assert post(desk, dossier, "refuser/", reason="Établissement inconnu.").status_code == 302


@pytest.mark.parametrize(("page", "state"), [("refuser/", State.REFUSEE), ("classer/", State.SANS_SUITE)])
def test_ends_without_money_need_a_reason(desk: Client, dossier: Dossier, page: str, state: State) -> None:
    assert desk.get(url(dossier, page)).status_code == 200
    silent = post(desk, dossier, page, reason="  ")
    assert silent.status_code == 422
    assert found(silent, "//p[@id='id_reason_error']")
    assert post(desk, dossier, page, reason="Hors critères.")["Location"] == url(dossier)
    assert now(dossier).state == state
    assert Decision.objects.get().reason == "Hors critères."


def test_a_decision_sent_twice_is_taken_once(desk: Client, dossier: Dossier) -> None:
    version = dossier.version
    post(desk, dossier, "refuser/", version=version, reason="Hors critères.")
    again = post(desk, dossier, "refuser/", version=version, reason="Hors critères.")
    assert again.status_code == 409
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40])
def test_a_page_that_cannot_say_what_it_showed_decides_nothing(desk: Client, dossier: Dossier, version: str) -> None:
    answer = desk.post(url(dossier, "refuser/"), {"version": version, "reason": "Hors critères."})
    assert answer.status_code == 409
    assert "Hors critères." in text_of(answer)


def test_a_decision_on_what_the_employer_changed_waits_for_another_look(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    version = dossier.version
    revision = DraftField.objects.get(dossier=dossier, name="cost").revision
    drafts.save_field(actor=alice, key=str(dossier.key), name="cost", value="480,00", revision=revision)
    corrections.answer(actor=alice, number=number_of(dossier))
    answer = post(desk, dossier, "accorder/", version=version, amount="560,00", reason="Vu.")
    assert answer.status_code == 409
    assert "480,00 €" in text_of(answer)
    assert now(dossier).state == State.EN_INSTRUCTION


def test_a_request_without_answer_is_closed(desk: Client, olga: Actor, alice: Actor, place: Establishment) -> None:
    dossier = asked(alice, place, olga)
    assert post(desk, dossier, "classer/", reason="Sans réponse.").status_code == 302
    assert now(dossier).state == State.SANS_SUITE
    assert post(desk, dossier, "accorder/", amount="560").status_code == 409


# --- words ---------------------------------------------------------------------------------------------------------------


def test_a_message_is_the_employers_to_read_and_a_note_is_not(desk: Client, dossier: Dossier, alice: Actor) -> None:
    talking.write_message(actor=alice, number=number_of(dossier), body="Est-ce complet ?")
    assert post(desk, dossier, "echanges/message/", body="Oui, merci.")["Location"].endswith("/echanges/#messages")
    assert post(desk, dossier, "echanges/note/", body="Rappeler lundi.")["Location"].endswith("/echanges/#notes")
    shown = text_of(desk.get(url(dossier, "echanges/")))
    assert shown.index("Est-ce complet ?") < shown.index("Oui, merci.") < shown.index("Rappeler lundi.")


@pytest.mark.parametrize("page", ["echanges/message/", "echanges/note/"])
def test_words_too_long_are_kept_and_silence_is_not(desk: Client, dossier: Dossier, page: str) -> None:
    long = post(desk, dossier, page, body="mot " * 1200)
    assert long.status_code == 422
    assert text_of(long).count("mot mot mot") >= 1
    silent = post(desk, dossier, page, body=" ")
    assert silent.status_code == 422
    assert "Écrivez votre message" in text_of(silent)


def test_what_people_write_is_text_and_nothing_else(desk: Client, dossier: Dossier) -> None:
    post(desk, dossier, "echanges/message/", body="<script>alert(1)</script>")
    page = desk.get(url(dossier, "echanges/"))
    assert b"<script>alert" not in page.content
    assert "<script>alert(1)</script>" in text_of(page)


# --- history -------------------------------------------------------------------------------------------------------------


def test_history_shows_before_and_after_of_each_correction(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    points = (Point(ItemKind.CHAMP, "cost", "Le devis ?"), Point(ItemKind.CHAMP, "title", "Précisez."))
    dossier = asked(alice, place, olga, *points)
    assert "Attend la réponse" in text_of(desk.get(url(dossier, "historique/")))
    revision = DraftField.objects.get(dossier=dossier, name="cost").revision
    drafts.save_field(actor=alice, key=str(dossier.key), name="cost", value="480", revision=revision)
    talking.write_message(actor=alice, number=number_of(dossier), body="Le titre est le bon.")
    corrections.answer(actor=alice, number=number_of(dossier))
    shown = text_of(desk.get(url(dossier, "historique/")))
    for words in ("560,00 €", "480,00 €", "Inchangé, répondu par un message", "Répondu", "Réponse de l'employeur"):
        assert words in shown
