"""A request at the desk: what its page says, to whom, and what it leaves out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.dossiers.actions import corrections, deciding, drafts, holding
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.models import Dossier, DraftField
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import (
    NIR,
    PERSON,
    DossierFactory,
    asked,
    complete_draft,
    garage,
    number_of,
    piece,
    sent,
    signalled,
    taken,
)
from tests.habilitations.factories import employer
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, text_of, title_of, url

CROWD = tuple({**PERSON, "first_name": f"Léa {rank}", "last_name": f"Martin {rank}"} for rank in range(40))


def actions_of(response: Any) -> set[str]:
    """The last word of each address of the request that the side of the page leads to; the two sheets are not of it."""
    links = found(response, "//section[contains(@class, 'desk-standing')]//a/@href")
    forms = found(response, "//section[contains(@class, 'desk-standing')]//form/@action")
    own = [address for address in (*links, *forms) if "/entreprises/" not in address]
    return {address.partition("?")[0].partition("#")[0].strip("/").rpartition("/")[2] for address in own}


def test_what_is_written_in_python_shows_its_pictures_and_escapes_what_people_typed(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga, title="Soudure <b>TIG</b> & co")
    page = desk.get(url(dossier)).content.decode()
    assert "&lt;svg" not in page
    assert "<b>TIG" not in page
    assert "Soudure &lt;b&gt;TIG&lt;/b&gt; &amp; co" in page


# --- who -----------------------------------------------------------------------------------------------------------------


def test_only_officers_open_a_request(alice: Actor, ada: Actor, ended: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    for page in ("", "echanges/", "historique/", "accorder/", "corrections/", "confier/", "suivant/"):
        for stranger in (alice, ada, ended):
            assert browser_of(stranger).get(url(dossier, page)).status_code == 403, page
        assert Client().get(url(dossier, page)).status_code == 302


def test_a_draft_and_a_number_of_nothing_are_not_found(desk: Client, alice: Actor, place: Establishment) -> None:
    complete_draft(alice, place)
    for number in ("None", "AF-2026-999999", "%00", "x" * 300):
        assert desk.get(f"/gestion/dossiers/{number}/").status_code == 404


# --- what it says --------------------------------------------------------------------------------------------------------


def test_the_page_holds_the_request_its_checks_and_its_pieces(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    page = desk.get(url(dossier))
    shown = text_of(page)
    for words in (
        number_of(dossier), place.name, "Contrôle technique : mise à jour", "12/01/2027", "14 h", "Zoé", "Müller",
        "Ouvrier qualifié", "programme.pdf", "En instruction", "À vous d'examiner la demande", "Rattachement",
        "Aucune autre demande aux mêmes dates", "dans 20 j", "Vérifié",
    ):  # fmt: skip
        assert words in shown, words
    assert title_of(page).startswith("Examen – AF-2026-")


def test_the_nir_is_masked(desk: Client, olga: Actor, alice: Actor, place: Establishment) -> None:
    page = desk.get(url(taken(alice, place, olga)))
    digits = "".join(character for character in text_of(page) if character.isalnum())
    assert "2 95 •• •• ••• ••• ••" in text_of(page)
    assert NIR not in digits
    assert NIR[3:8] not in digits


def test_what_blocks_a_decision_is_said(desk: Client, olga: Actor) -> None:
    unknown = garage(verified=False)
    dossier = taken(employer(unknown, accepted=False), unknown, olga)
    shown = text_of(desk.get(url(dossier)))
    assert shown.count("Empêche d'accorder.") == 2
    assert "2 échecs" in shown
    assert "À vérifier" in shown


def test_a_piece_opens_in_another_tab_once_it_is_known_to_be_safe(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    pending = piece(dossier, zone="divers", by=alice, name="devis.pdf", state="pending")
    page = desk.get(url(dossier))
    [shown] = found(page, "//a[@target='_blank']")
    assert shown.get("href").endswith("?apercu")
    assert str(pending.key) not in page.content.decode()
    assert "Contrôle antivirus en cours" in text_of(page)


def test_what_is_toldis_shown_and_not_what_the_employer_begins_to_type(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga, Point(ItemKind.CHAMP, "title", "Reprenez celui du devis."))
    revision = DraftField.objects.get(dossier=dossier, name="title").revision
    drafts.save_field(actor=alice, key=str(dossier.key), name="title", value="En train", revision=revision)
    shown = text_of(desk.get(url(dossier)))
    assert "Reprenez celui du devis." in shown
    assert "avant le 08/12/2026" in shown
    assert "En train" not in shown


def test_a_decision_is_shown_with_both_amounts_and_why(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("500"), reason="Plafond de la branche.")
    shown = text_of(desk.get(url(dossier)))
    for words in ("500,00 €", "560,00 €", "Plafond de la branche.", "Accord valable jusqu'au", "valable encore"):
        assert words in shown
    assert "Contrôles" not in shown, "what changes after a decision had no part in it"


def test_many_trainees_take_a_line_and_a_page_each(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga, people=CROWD)
    page = desk.get(url(dossier))
    [last] = found(page, "//a[text()='Léa 39 Martin 39']")
    assert len(page.content) < 60_000
    person = desk.get(last.get("href"))
    assert "Stagiaire : Léa 39 Martin 39" in text_of(person)
    assert "Numéro non encore attribué" in text_of(person)
    assert desk.get(url(dossier, "stagiaires/inconnu/")).status_code == 404


# --- what may be done ----------------------------------------------------------------------------------------------------

ALWAYS = {"suivre", "precedent", "echanges", "comme-employeur", "suivant", "raccourcis"}
# While the request lives: what the employer says by telephone.
LIVE = ALWAYS | {"modification"}


def test_buttons_are_those_of_the_state_and_of_who_holds_it(
    desk: Client, other_desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = sent(alice, place)
    assert actions_of(desk.get(url(dossier))) == LIVE | {"prendre", "confier"}
    holding.take(actor=olga, number=number_of(dossier))
    held = {"accorder", "corrections", "refuser", "classer", "confier", "remettre"}
    assert actions_of(desk.get(url(dossier))) == LIVE | held
    assert actions_of(other_desk.get(url(dossier))) == LIVE | {"confier"}
    corrections.ask(actor=olga, number=number_of(dossier), points=[Point(ItemKind.CHAMP, "cost", "Devis ?")])
    assert actions_of(desk.get(url(dossier))) == LIVE | {"retirer", "classer", "confier"}


def test_a_closed_request_offers_nothing_but_words(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    deciding.refuse(actor=olga, number=number_of(dossier), reason="Hors critères.")
    assert actions_of(desk.get(url(dossier))) == ALWAYS


def test_fields_can_be_pointed_at_only_by_who_examines(
    desk: Client, other_desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    keys = found(desk.get(url(dossier)), "//input[@form='choose']/@value")
    assert "champ::cost" in keys
    assert "piece::programme" in keys
    assert not any("attest" in key or "subrogation" in key for key in keys)
    assert found(other_desk.get(url(dossier)), "//input[@form='choose']") == []


def test_who_filed_a_request_is_told_that_a_colleague_must_examine_it(desk: Client, olga: Actor) -> None:
    own = DossierFactory.create(created_by=User.objects.get(pk=olga.user_id))
    page = desk.get(url(own))
    assert "un collègue doit l'examiner" in text_of(page)
    assert "prendre" not in actions_of(page)


# --- one after the other -------------------------------------------------------------------------------------------------


def test_the_next_request_is_the_next_of_the_list_one_came_from(desk: Client) -> None:
    first, second, third = (
        DossierFactory.create(due_on=date(2026, 12, day), title=title)
        for day, title in ((1, "Peinture"), (2, "Soudure"), (3, "Peinture"))
    )
    onward = url(first, "suivant/")
    assert desk.get(f"{onward}?vue=libre")["Location"] == f"{url(second)}?vue=libre"
    assert desk.get(f"{onward}?vue=libre&q=Peinture")["Location"] == f"{url(third)}?vue=libre&q=Peinture"
    assert desk.get(f"{url(third, 'suivant/')}?vue=libre")["Location"] == f"{url(first)}?vue=libre"


def test_once_decided_the_next_is_what_is_due_soonest(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    holder = User.objects.get(pk=olga.user_id)
    urgent = DossierFactory.create(state=State.EN_INSTRUCTION, holder=holder, due_on=date(2026, 11, 25))
    dossier = taken(alice, place, olga)
    deciding.refuse(actor=olga, number=number_of(dossier), reason="Hors critères.")
    assert desk.get(f"{url(dossier, 'suivant/')}?vue=moi")["Location"] == f"{url(urgent)}?vue=moi"


def test_after_the_last_one_comes_back_to_the_list(desk: Client, olga: Actor) -> None:
    alone = DossierFactory.create()
    assert desk.get(f"{url(alone, 'suivant/')}?vue=libre")["Location"] == "/gestion/?vue=libre"


def test_every_page_leads_back_to_the_list_one_came_from(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    page = desk.get(f"{url(dossier)}?vue=ouverts&q=garage")
    assert found(page, "//a[@class='back']/@href") == ["/gestion/?vue=ouverts&q=garage"]
    assert found(page, "//a[@rel='next']/@href") == [f"{url(dossier, 'suivant/')}?vue=ouverts&q=garage"]


def test_a_twin_is_named_and_somebody_born_another_day_is_not(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    twin = sent(alice, place)
    other = sent(alice, place, people=({**PERSON, "birth_date": "06/01/1995"},))
    [doubles] = found(desk.get(url(taken(alice, place, olga))), "//li[.//strong='Doublons']")
    told = " ".join(doubles.text_content().split())
    assert number_of(twin) in told
    assert number_of(other) not in told


@pytest.mark.parametrize(("accepted", "where"), [(True, "checks-passed"), (False, "checks")])
def test_the_attachment_checked_is_that_of_who_filed(
    desk: Client, olga: Actor, alice: Actor, place: Establishment, accepted: bool, where: str
) -> None:
    """Neither a colleague's, nor his own elsewhere."""
    filer = employer(place, accepted=accepted)
    employer(garage(), user=User.objects.get(pk=filer.user_id))
    dossier = taken(filer, place, olga)
    assert "Rattachement" in found(desk.get(url(dossier)), f"//ul[@class='{where}']//strong/text()")


# --- what it costs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [CROWD[:1], CROWD], ids=["one", "forty"])
@pytest.mark.parametrize("page", ["", "echanges/", "historique/", "accorder/", "corrections/"])
def test_a_page_costs_the_same_however_many_trainees(
    desk: Client, olga: Actor, alice: Actor, place: Establishment, people: Any, page: str
) -> None:
    dossier = taken(alice, place, olga, people=people)
    desk.get(url(dossier, page))
    with CaptureQueriesContext(connection) as queries:
        answer = desk.get(url(dossier, page))
    assert answer.status_code == 200
    assert len(queries) == QUERIES[page], [query["sql"][:110] for query in queries]
    assert max(QUERIES.values()) <= 12


QUERIES = {"": 11, "echanges/": 8, "historique/": 8, "accorder/": 11, "corrections/": 11}


def test_a_granted_request_with_modifications_costs_no_more_than_any_page_may(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = taken(alice, place, olga)
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
    signalled(alice, dossier)
    desk.get(url(dossier))
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(url(dossier)).status_code == 200
    # Nomenclatures are read once in a process; here there are none.
    told = [query["sql"] for query in queries if "reference_" not in query["sql"]]
    assert len(told) <= 12, told


def test_many_messages_and_corrections_cost_no_more(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    from openopco.dossiers.actions import talking

    dossier = asked(alice, place, olga)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(url(dossier, "historique/"))
            desk.get(url(dossier, "echanges/"))
        counts.append(len(queries))
        for rank in range(5):
            talking.write_message(actor=alice, number=number_of(dossier), body=f"Message {rank}")
            talking.write_note(actor=olga, number=number_of(dossier), body=f"Note {rank}")
    assert counts[1] <= counts[0], "the first opening is kept once, what was new is read once"
    assert Dossier.objects.count() == 1
