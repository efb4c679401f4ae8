"""What an officer looks at before deciding: each check passed, failed, to look at, with its sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openopco.dossiers.kinds import Check, Outcome
from openopco.training.checks import checks
from tests.training.builders import EMPLOYER, file, person, provider, view

AROUND: dict[str, Any] = {"membership_accepted": True, "twins": [], "sent_on": date(2026, 11, 23)}


def check(code: str, around: dict[str, Any] | None = None, **draft: Any) -> Check:
    found = [each for each in checks(view(**draft), {**AROUND, **(around or {})}) if each.code == code]
    assert len(found) == 1, (code, found)
    return found[0]


def test_an_ordinary_request_passes_all_of_them() -> None:
    found = checks(view(), AROUND)
    assert {each.outcome for each in found} == {Outcome.PASSED}
    codes = ["rattachement", "etablissement", "effectif", "nda", "qualiopi", "dates", "heures", "doublon", "pieces"]
    assert [each.code for each in found] == codes


def test_only_what_the_law_or_the_house_asks_can_block() -> None:
    worst = view(
        taught_by=provider(status="FERME", nda="", qualiopi_actions=False),
        employer=replace(EMPLOYER, verified=False),
        pieces=(),
        cost="1,00",
        headcount="5000",
        starts_on="01/01/2020",
    )
    blocking = [each.code for each in checks(worst, {"membership_accepted": False, "twins": ["AF-1"]}) if each.blocking]
    assert blocking == ["rattachement", "etablissement", "organisme", "nda", "qualiopi", "pieces"]
    assert check("organisme", taught_by=None).blocking


def test_a_training_that_begins_before_the_answer_aimed_at() -> None:
    found = check("reponse_visee", {"answer_by": date(2027, 1, 20)}, starts_on="12/01/2027")
    assert (found.outcome, found.blocking) == (Outcome.LOOK, False)
    assert found.detail == "Début le 12/01/2027, avant la réponse visée (20/01/2027) : à examiner d'abord."


def test_the_attachment_of_who_filed() -> None:
    assert check("rattachement").outcome is Outcome.PASSED
    waiting = check("rattachement", {"membership_accepted": False})
    assert (waiting.outcome, waiting.blocking) == (Outcome.FAILED, True)
    assert waiting.detail == "Le rattachement de la personne qui a envoyé la demande reste à valider."


def test_the_establishment() -> None:
    assert "831 352 976 00011" in check("etablissement").detail
    by_hand = check("etablissement", employer=replace(EMPLOYER, verified=False))
    assert (by_hand.outcome, by_hand.blocking) == (Outcome.FAILED, True)


@pytest.mark.parametrize(
    ("headcount", "outcome", "words"),
    [
        ("49", Outcome.PASSED, "49 salariés : moins de 50."),
        ("50", Outcome.LOOK, "réservé aux moins de 50."),
        ("", Outcome.LOOK, "L'effectif exact de l'entreprise n'est pas connu."),
    ],
)
def test_the_headcount(headcount: str, outcome: Outcome, words: str) -> None:
    found = check("effectif", headcount=headcount)
    assert (found.outcome, found.blocking) == (outcome, False)
    assert words in found.detail


def test_contributions_are_told_once_an_officer_noted_them_and_block_nothing() -> None:
    assert "contributions" not in {each.code for each in checks(view(), {})}
    day = date(2026, 11, 20)
    late = check("contributions", employer=replace(EMPLOYER, contributions_paid=False, contributions_on=day))
    assert (late.outcome, late.blocking) == (Outcome.LOOK, False)
    assert "20/11/2026" in late.detail
    paid = check("contributions", employer=replace(EMPLOYER, contributions_paid=True, contributions_on=day))
    assert paid.outcome is Outcome.PASSED


def test_an_internal_training_has_no_provider_to_check() -> None:
    found = checks(view(internal="oui", taught_by=None), AROUND)
    assert next(each for each in found if each.code == "organisme").outcome is Outcome.LOOK
    assert not {"nda", "qualiopi"} & {each.code for each in found}


@pytest.mark.parametrize("status", ["SUSPENDU", "FERME"])
def test_a_provider_that_may_not_be_paid(status: str) -> None:
    found = check("organisme", taught_by=provider(status=status))
    assert (found.outcome, found.detail, found.blocking) == (Outcome.FAILED, "AXEPT est suspendu ou fermé.", True)


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        ({}, Outcome.PASSED, "Déclaration d'activité enregistrée."),
        ({"verified": False}, Outcome.LOOK, "est à vérifier."),
        ({"nda": ""}, Outcome.FAILED, "ne figure pas sur la liste publique"),
    ],
)
def test_the_declaration_of_activity(facts: dict[str, Any], outcome: Outcome, words: str) -> None:
    found = check("nda", taught_by=provider(**facts))
    assert (found.outcome, found.blocking) == (outcome, True)
    assert words in found.detail


@pytest.mark.parametrize(
    ("nature", "outcome", "words"),
    [
        ("action", Outcome.PASSED, "Certifié Qualiopi (action de formation)."),
        ("bilan", Outcome.FAILED, "Organisme non certifié Qualiopi pour cette nature (bilan de compétences)."),
        ("vae", Outcome.LOOK, "Certification Qualiopi à vérifier (VAE)."),
    ],
)
def test_qualiopi_for_the_nature(nature: str, outcome: Outcome, words: str) -> None:
    found = check("qualiopi", nature=nature)
    assert (found.outcome, found.detail) == (outcome, words)


def test_the_dates_are_those_of_the_day_it_was_sent() -> None:
    assert check("dates", {"sent_on": date(2027, 1, 12)}).outcome is Outcome.PASSED
    late = check("dates", {"sent_on": date(2027, 1, 13)})
    assert late.outcome is Outcome.LOOK
    assert late.detail == "Commencée avant l'envoi de la demande (13/01/2027) : du 12/01/2027 au 13/01/2027."
    assert not [each for each in checks(view(starts_on=""), AROUND) if each.code == "dates"]


def test_hours_and_cost() -> None:
    assert check("heures").detail == "40,00\u202f€ par heure et par stagiaire."
    odd = check("heures", hours="90", cost="90")
    assert odd.outcome is Outcome.LOOK
    assert "en 2 jours" in odd.detail
    assert "inhabituellement bas" in odd.detail
    assert check("heures", cost="").detail == "Coût horaire inconnu."


def test_the_identity_of_people_only_where_it_is_odd() -> None:
    row = person(nir_warnings=("Le sexe indiqué ne correspond pas au NIR : vérifiez les deux.",))
    found = check("identite", rows=(row,))
    assert found.outcome is Outcome.LOOK
    assert "Zoé Müller : Le sexe" in found.detail


def test_duplicates() -> None:
    found = check("doublon", {"twins": ["AF-2026-000002"]})
    assert found.outcome is Outcome.LOOK
    assert found.detail == "Un même stagiaire, des dates qui se chevauchent : AF-2026-000002."
    assert check("doublon").detail == "Aucune autre demande aux mêmes dates."


def test_pieces() -> None:
    assert check("pieces", pieces=()).outcome is Outcome.FAILED
    assert check("pieces", pieces=(file(state="infected"),)).outcome is Outcome.FAILED
    assert check("pieces", pieces=()).blocking


@pytest.mark.parametrize(
    ("pieces", "outcome", "words"),
    [
        (
            (file(), file(state="pending", name="devis.pdf")),
            Outcome.FAILED,
            "Contrôle antivirus non terminé : devis.pdf.",
        ),
        ((file(state="error"),), Outcome.FAILED, "Il manque une pièce obligatoire"),
        ((file(), file(zone="divers", state="error", name="devis.pdf")), Outcome.FAILED, "non terminé : devis.pdf."),
        ((file(), file(state="error", name="illisible.pdf")), Outcome.LOOK, "écarté par l'antivirus : illisible.pdf."),
        ((file(), file(state="infected", name="devis.pdf")), Outcome.LOOK, "écarté par l'antivirus : devis.pdf."),
    ],
)
def test_the_word_of_the_antivirus_is_awaited(pieces: tuple[Any, ...], outcome: Outcome, words: str) -> None:
    found = check("pieces", {"antivirus": True}, pieces=pieces)
    assert (found.outcome, found.blocking) == (outcome, True)
    assert words in found.detail


def test_without_an_antivirus_nobody_waits_for_it() -> None:
    assert check("pieces", {"antivirus": False}).outcome is Outcome.PASSED
    left = check("pieces", {"antivirus": False}, pieces=(file(state="pending"),))
    assert (left.outcome, left.detail) == (Outcome.LOOK, "Non contrôlé ou écarté par l'antivirus : programme.pdf.")


def test_the_house_may_let_providers_failures_through() -> None:
    given = {"parameters": {"provider_checks_block": False}, "taught_by": provider(nda="", qualiopi_actions=False)}
    for code in ("nda", "qualiopi"):
        found = check(code, **given)
        assert (found.outcome, found.blocking) == (Outcome.FAILED, False)


def test_sent_after_the_last_day() -> None:
    course = {"starts_on": "14/12/2026", "ends_on": "14/12/2026"}
    late = check("date_limite", {"sent_on": date(2027, 1, 1)}, **course)
    assert (late.outcome, late.blocking) == (Outcome.LOOK, False)
    assert late.detail == "Envoyée le 01/01/2027, après la date limite (31/12/2026)."
    in_time = checks(view(**course), {**AROUND, "sent_on": date(2026, 12, 31)})
    assert not [each for each in in_time if each.code == "date_limite"]


def test_ancillary_costs_are_shown_as_still_to_be_proven() -> None:
    found = check(
        "frais_annexes", repas_quantity="2", repas_amount="30,00", transport_quantity="1", transport_amount="9"
    )
    assert (found.outcome, found.blocking) == (Outcome.LOOK, False)
    assert found.detail == "39,00\u202f€ HT demandés en plus du coût pédagogique : à justifier au moment de payer."
