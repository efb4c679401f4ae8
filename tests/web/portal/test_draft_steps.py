"""The five steps of a draft, without any JavaScript: their words, what is kept, where one is led, what two windows do."""

import re
import uuid
from html import unescape
from http import HTTPStatus

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import send
from openopco.dossiers.models import Dossier, DraftField
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.dossiers.factories import PERSON, complete_draft, empty_draft, school, sent, write
from tests.web.portal.drafting import STEPS, form_of, invalid_in, rows_of, send_back, step_of, stored, trainee_of
from tests.web.portal.people import queries, text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
NEW = "/demandes/nouvelle/action-de-formation/"
WORDS = {
    "employeur": (
        "Créer un nouveau dossier AF",
        "L'Employeur",
        "Nom et prénom ou dénomination",
        "SIRET",
        "Adresse",
        "Code postal",
        "Commune",
        "Informations",
        "Code NACE",
        "Effectif total salariés *",
        "Convention collective applicable",
        "Code IDCC de la convention collective *",
        "Contact",
        "E-Mail",
        "Téléphone",
        "SUIVANT",
    ),
    "formation": (
        "La Formation",
        "SÉLECTIONNER OU CRÉER UN ORGANISME DE FORMATION",
        "Formation interne",
        "Organisme de formation",
        "SÉLECTIONNER OU CRÉER UN MODÈLE DE FORMATION",
        "Action de formation",
        "Intitulé de la formation *",
        "Dispositif",
        "ACTION FORMATION",
        "Date de début *",
        "Date de fin *",
        "jj/mm/aaaa",
        "Formation certifiante",
        "Modalités pédagogiques",
        "Durée en heure(s) *",
        "Coût pédagogique de l'action HT *",
        "€",
        "Lieu de formation",
        "Recherche par code postal",
        "Ville",
        "Frais annexes (facultatif)",
        "PRÉCÉDENT",
        "SUIVANT",
    ),
    "stagiaires": ("Le(s) stagiaire(s)", "+ AJOUTER", "PRÉCÉDENT", "SUIVANT"),
    "pieces": (
        "Les pièces jointes",
        "Programme de l'action *",
        "Pour un bilan de compétence : copie de la convention tripartite",
        "Pour une VAE : copie de la convention",
        "Autres / Divers",
        "Déposez les fichiers à télécharger, ou cliquez pour en sélectionner.",
        "PRÉCÉDENT",
        "SUIVANT",
    ),
    "synthese": (
        "Synthèse",
        "Commentaire",
        "Fait à *",
        "Date *",
        "Je souhaite qu'OPCO Mobilités règle directement le coût pédagogique à l'organisme de formation",
        "J'autorise la prise en charge sur les versements volontaires du coût pédagogique non financé sur les fonds "
        "mutualisés d'OPCO Mobilités ainsi que des éventuels frais annexes",
        "J'atteste sur l'honneur les points suivants : *",
        "dans un délai de 8 jours",
        "VALIDER",
    ),
}


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return empty_draft(alice, place)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_click_opens_a_draft_on_its_first_step(as_alice: Client, place: Establishment) -> None:
    answer = as_alice.post(NEW, {"key": str(uuid.uuid4())})
    made = Dossier.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, step_of(made, "employeur"))
    assert made.establishment_id == place.pk


def test_a_double_click_opens_one(as_alice: Client) -> None:
    key = str(uuid.uuid4())
    assert as_alice.post(NEW, {"key": key})["Location"] == as_alice.post(NEW, {"key": key})["Location"]
    assert Dossier.objects.count() == 1


def test_somebody_elses_key_is_not_found(as_charlie: Client, draft: Dossier) -> None:
    assert as_charlie.post(NEW, {"key": str(draft.key)}).status_code == 404


@pytest.mark.parametrize("key", ["", "abc", "1" * 5000])
def test_a_key_that_is_none_is_not_found(key: str, as_alice: Client) -> None:
    assert as_alice.post(NEW, {"key": key}).status_code == 404


def test_an_unknown_kind_is_not_found(as_alice: Client) -> None:
    assert as_alice.post("/demandes/nouvelle/permis-de-conduire/", {"key": str(uuid.uuid4())}).status_code == 404


def test_a_get_opens_nothing(as_alice: Client) -> None:
    assert as_alice.get(NEW).status_code == 405
    assert not Dossier.objects.exists()


def test_without_an_establishment_one_is_led_to_attach_one() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    answer = client.post(NEW, {"key": str(uuid.uuid4())})
    assert answer["Location"] == reverse("portal:attach")
    assert "il suffit de son SIRET" in str(next(iter(get_messages(answer.wsgi_request))))
    assert not Dossier.objects.exists()


def test_its_own_address_leads_to_the_first_step_that_misses_something(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier
) -> None:
    assert as_alice.get(f"/brouillons/{draft.key}/")["Location"] == step_of(draft, "formation")
    whole = complete_draft(alice, place)
    assert as_alice.get(f"/brouillons/{whole.key}/")["Location"] == step_of(whole, "synthese")


# --- what the steps show ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", STEPS)
def test_a_step_has_the_words_of_the_walk(slug: str, as_alice: Client, draft: Dossier) -> None:
    page = as_alice.get(step_of(draft, slug))
    text = text_of(page).replace("’", "'")
    for words in WORDS[slug]:
        assert words in text, words
    assert title_of(page).startswith(f"Étape {STEPS.index(slug) + 1} sur 5 – ")
    assert page.content.decode().count("<h1") == 1


def test_the_chosen_provider_is_shown_in_full(as_alice: Client, alice: Actor, draft: Dossier) -> None:
    drafts.choose_provider(actor=alice, key=str(draft.key), provider=school(name="AXEPT", address="1 rue du Lac"))
    text = text_of(as_alice.get(step_of(draft, "formation")))
    labels = "Raison sociale *|SIRET|N° de déclaration d'activité|Adresse|Code postal|Ville|Téléphone|Adresse email"
    for words in (*labels.split("|"), "AXEPT", "1 rue du Lac", "42680000068"):
        assert words in text, words


def test_the_trainees_are_listed_with_what_they_lack(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, people=(PERSON, {"first_name": "Léa", "last_name": "Petit"}))
    text = text_of(as_alice.get(step_of(draft, "stagiaires")))
    assert "2 stagiaires Prénom, Nom Date de naissance CSP État" in text
    assert "Zoé Müller 05/01/1995 Ouvrier qualifié Complet" in text
    assert "Léa Petit – – À compléter (4)" in text


@pytest.mark.parametrize("slug", STEPS)
def test_a_get_writes_nothing(slug: str, as_alice: Client, draft: Dossier) -> None:
    before = list(Dossier.objects.values()), list(DraftField.objects.order_by("id").values())
    as_alice.get(step_of(draft, slug))
    as_alice.head(step_of(draft, slug))
    assert (list(Dossier.objects.values()), list(DraftField.objects.order_by("id").values())) == before


def test_an_unknown_step_is_not_found(as_alice: Client, draft: Dossier) -> None:
    assert as_alice.get(step_of(draft, "factures")).status_code == 404


@pytest.mark.parametrize("slug", STEPS)
def test_nobody_else_reaches_them(
    slug: str, draft: Dossier, as_charlie: Client, as_olga: Client, as_newcomer: Client
) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.get(step_of(draft, slug)).status_code == 404
        assert client.post(step_of(draft, slug), {"title": "Volé", "revision:title": "0"}).status_code == 404
    assert stored(draft, "title") == ""


def test_a_colleague_does(as_bob: Client, draft: Dossier) -> None:
    assert send_back(as_bob, step_of(draft, "formation"), title="Freins").status_code == 302
    assert stored(draft, "title") == "Freins"


def test_once_sent_the_steps_lead_to_the_request(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    for url in (f"/brouillons/{dossier.key}/", step_of(dossier, "formation")):
        assert as_alice.get(url)["Location"] == f"/demandes/{dossier.number}/"
    as_alice.post(step_of(dossier, "formation"), {"title": "Autre", "revision:title": "1"})
    assert stored(dossier, "title") == "Contrôle technique : mise à jour"


# --- onward ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "button", "then"),
    [
        ("employeur", {}, "formation"),
        ("formation", {}, "stagiaires"),
        ("stagiaires", {}, "pieces"),
        ("pieces", {}, "synthese"),
        ("formation", {"precedent": "1"}, "employeur"),
        ("stagiaires", {"precedent": "1"}, "formation"),
        ("pieces", {"precedent": "1"}, "stagiaires"),
        ("employeur", {"precedent": "1"}, "employeur"),
        ("synthese", {}, "synthese"),
    ],
)
def test_each_button_leads_where_it_says(
    slug: str, button: dict[str, str], then: str, as_alice: Client, draft: Dossier
) -> None:
    assert send_back(as_alice, step_of(draft, slug), **button)["Location"] == step_of(draft, then)


def test_next_keeps_all_that_was_typed(as_alice: Client, draft: Dossier) -> None:
    typed = {"title": "Freins & embrayage", "starts_on": "12/01/2027", "certifying": "oui", "internal": "oui"}
    send_back(as_alice, step_of(draft, "formation"), **typed)
    assert {name: stored(draft, name) for name in typed} == typed
    draft.refresh_from_db()
    assert draft.title == "Freins & embrayage"


def test_a_box_unticked_is_kept_so(as_alice: Client, draft: Dossier) -> None:
    send_back(as_alice, step_of(draft, "formation"), internal="oui")
    typed = form_of(as_alice.get(step_of(draft, "formation")))
    assert typed.pop("internal") == "oui"
    as_alice.post(step_of(draft, "formation"), typed)
    assert stored(draft, "internal") == ""


def test_what_the_page_did_not_show_is_left_alone(as_alice: Client, alice: Actor, draft: Dossier) -> None:
    write(draft, alice, {"title": "Freins"})
    as_alice.post(step_of(draft, "formation"), {"title": "Sans révision"})
    assert stored(draft, "title") == "Freins"


@pytest.mark.parametrize(
    ("choice", "then"), [("organisme", "portal:provider"), ("modeles", "portal:templates"), ("ailleurs", "")]
)
def test_the_buttons_that_open_something_keep_the_page_first(
    choice: str, then: str, as_alice: Client, draft: Dossier
) -> None:
    answer = send_back(as_alice, step_of(draft, "formation"), title="Freins", suite=choice)
    assert stored(draft, "title") == "Freins"
    assert answer["Location"] == (reverse(then, args=[draft.key]) if then else step_of(draft, "formation"))


# --- wrong values ----------------------------------------------------------------------------------------------------

WRONG = {"starts_on": "31/02/2027", "cost": "beaucoup", "title": "Freins"}


def test_wrong_values_stay_and_are_told_in_every_way(as_alice: Client, draft: Dossier) -> None:
    page = send_back(as_alice, step_of(draft, "formation"), **WRONG)
    html = page.content.decode()
    assert page.status_code == 200
    assert title_of(page).startswith("Erreur : ")
    assert '<a href="#id_starts_on">Le 31/02/2027 n&#x27;existe pas.</a>' in html
    assert "data-error-summary" in html
    assert {name: form_of(page)[name] for name in WRONG} == WRONG
    invalid = invalid_in(page)
    assert set(invalid) == {"starts_on", "cost"}
    assert "id_starts_on_error" in invalid["starts_on"]["aria-describedby"].split()
    assert 'id="id_starts_on_error"' in html


def test_wrong_values_are_kept_all_the_same(as_alice: Client, draft: Dossier) -> None:
    send_back(as_alice, step_of(draft, "formation"), **WRONG)
    assert {name: stored(draft, name) for name in WRONG} == WRONG


def test_back_leads_back_even_with_a_wrong_value(as_alice: Client, draft: Dossier) -> None:
    answer = send_back(as_alice, step_of(draft, "formation"), **WRONG, precedent="1")
    assert answer["Location"] == step_of(draft, "employeur")
    assert stored(draft, "cost") == "beaucoup"


def test_what_is_only_empty_holds_nobody_back(as_alice: Client, draft: Dossier) -> None:
    assert send_back(as_alice, step_of(draft, "formation"))["Location"] == step_of(draft, "stagiaires")


def test_opened_again_a_wrong_value_is_marked_but_nothing_shouts(as_alice: Client, draft: Dossier) -> None:
    send_back(as_alice, step_of(draft, "formation"), **WRONG)
    page = as_alice.get(step_of(draft, "formation"))
    assert "starts_on" in invalid_in(page)
    assert "data-error-summary" not in page.content.decode()
    assert not title_of(page).startswith("Erreur")


def test_asked_to_check_it_tells_what_is_empty_too(as_alice: Client, draft: Dossier) -> None:
    page = as_alice.get(f"{step_of(draft, 'formation')}?verifier")
    assert {"title", "starts_on", "ends_on", "hours", "cost"} <= set(invalid_in(page))
    assert '<a href="#id_provider">' in page.content.decode()


@pytest.mark.parametrize("button", [{}, {"precedent": "1"}, {"suite": "organisme"}])
def test_text_without_end_is_never_cut_but_refused_beside_its_field(
    button: dict[str, str], as_alice: Client, draft: Dossier
) -> None:
    send_back(as_alice, step_of(draft, "formation"), title="Freins")
    page = send_back(as_alice, step_of(draft, "formation"), title="é" * 9000, hours="14", **button)
    told = "Ce texte est trop long : 200 caractères au plus."
    assert page.status_code == 200
    assert f'<a href="#id_title">{told}</a>' in page.content.decode()
    assert invalid_in(page)["title"]["aria-describedby"] == "id_title_error"
    assert form_of(page)["title"] == "é" * 9000
    assert (stored(draft, "title"), stored(draft, "hours")) == ("Freins", "14")
    # Shortened, it goes through.
    again = as_alice.post(step_of(draft, "formation"), {**form_of(page), "title": "Freinage"})
    assert (again.status_code, stored(draft, "title")) == (302, "Freinage")


def test_a_text_without_end_on_the_last_step_or_of_a_trainee_is_kept_on_the_page(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place)
    closing = form_of(as_alice.get(step_of(draft, "synthese")))
    page = as_alice.post(reverse("portal:submit", args=[draft.key]), {**closing, "comment": "a" * 9000})
    assert "Ce texte est trop long : 2000 caractères au plus." in text_of(page)
    assert (form_of(page)["comment"], stored(draft, "comment")) == ("a" * 9000, "")
    row = rows_of(draft)[0]
    page = send_back(as_alice, trainee_of(draft, row), last_name="b" * 9000)
    assert "Ce texte est trop long : 100 caractères au plus." in text_of(page)
    assert (form_of(page)["last_name"], stored(draft, "last_name", row)) == ("b" * 9000, PERSON["last_name"])


def test_text_that_grows_once_normalised_is_refused_to_nobody(as_alice: Client, draft: Dossier) -> None:
    assert send_back(as_alice, step_of(draft, "formation"), title="\u0958" * 5000).status_code == 200


def test_odd_revisions_are_no_error(as_alice: Client, draft: Dossier) -> None:
    for revision in ("", "-1", "abc", "9" * 5000, "²"):
        typed = {"title": "Freins", "revision:title": revision}
        assert as_alice.post(step_of(draft, "formation"), typed).status_code in (200, 302)


# --- two windows -----------------------------------------------------------------------------------------------------


class TestTwoWindows:
    @pytest.fixture
    def formation(self, as_alice: Client, as_bob: Client, draft: Dossier) -> str:
        """Alice has the step open; Bob saves a title."""
        opened = form_of(as_alice.get(step_of(draft, "formation")))
        send_back(as_bob, step_of(draft, "formation"), title="Celui de Bob")
        self.opened = opened
        return step_of(draft, "formation")

    def test_both_values_are_shown_and_none_is_lost(
        self, formation: str, as_alice: Client, bob: Actor, draft: Dossier
    ) -> None:
        answer = as_alice.post(formation, {**self.opened, "title": "Celui d'Alice", "hours": "14"})
        text = text_of(answer)
        assert answer.status_code == 200
        assert "Ma saisie : Celui d'Alice" in text
        assert re.search(rf"{re.escape(bob.label)}, [^:]* : Celui de Bob", text)
        assert title_of(answer).startswith("Erreur : ")
        assert '<a href="#id_title">Ce champ a été modifié dans une autre fenêtre' in answer.content.decode()
        assert (stored(draft, "title"), stored(draft, "hours")) == ("Celui de Bob", "14")

    @pytest.mark.parametrize(("keep", "kept"), [("mine", "Celui d'Alice"), ("theirs", "Celui de Bob")])
    def test_one_chooses_and_goes_on(
        self, keep: str, kept: str, formation: str, as_alice: Client, draft: Dossier
    ) -> None:
        answer = as_alice.post(formation, {**self.opened, "title": "Celui d'Alice"})
        again = as_alice.post(formation, {**form_of(answer), "keep:title": keep})
        assert again["Location"] == step_of(draft, "stagiaires")
        assert stored(draft, "title") == kept

    def test_back_waits_for_the_choice_too(self, formation: str, as_alice: Client) -> None:
        answer = as_alice.post(formation, {**self.opened, "title": "Celui d'Alice", "precedent": "1"})
        assert (answer.status_code, form_of(answer)["title"]) == (200, "Celui d'Alice")

    def test_the_same_value_is_no_conflict(self, formation: str, as_alice: Client) -> None:
        assert as_alice.post(formation, {**self.opened, "title": "Celui de Bob"}).status_code == 302

    def test_what_only_the_other_changed_is_his(self, formation: str, as_alice: Client, draft: Dossier) -> None:
        """The page sends all it shows: an untouched empty field neither wipes what Bob typed nor asks anything."""
        answer = as_alice.post(formation, {**self.opened, "hours": "14"})
        assert answer["Location"] == step_of(draft, "stagiaires")
        assert (stored(draft, "title"), stored(draft, "hours")) == ("Celui de Bob", "14")

    def test_nothing_is_chosen_for_anybody_and_going_on_asks_again(
        self, formation: str, as_alice: Client, draft: Dossier
    ) -> None:
        answer = as_alice.post(formation, {**self.opened, "title": "Celui d'Alice"})
        for _ in range(2):
            sent_back = form_of(answer)
            assert "keep:title" not in sent_back
            answer = as_alice.post(formation, sent_back)
            assert answer.status_code == 200
            assert "Ma saisie : Celui d'Alice" in text_of(answer)
        assert stored(draft, "title") == "Celui de Bob"

    def test_a_choice_made_on_a_value_that_changed_again_is_asked_again(
        self, formation: str, as_alice: Client, as_bob: Client, draft: Dossier
    ) -> None:
        answer = as_alice.post(formation, {**self.opened, "title": "Celui d'Alice"})
        send_back(as_bob, formation, title="Le second de Bob")
        again = as_alice.post(formation, {**form_of(answer), "keep:title": "mine"})
        assert "Le second de Bob" in text_of(again)
        assert stored(draft, "title") == "Le second de Bob"

    def test_lists_and_boxes_left_alone_are_the_other_s_too(
        self, as_alice: Client, as_bob: Client, alice: Actor, draft: Dossier
    ) -> None:
        url = step_of(draft, "formation")
        drafts.save_field(actor=alice, key=str(draft.key), name="modality", value="autre chose", revision=0)
        opened = form_of(as_alice.get(url))
        send_back(as_bob, url, nature="bilan", certifying="oui", internal="oui")
        assert as_alice.post(url, {**opened, "precedent": "1"}).status_code == 302
        kept = [stored(draft, name) for name in ("nature", "certifying", "internal", "modality")]
        assert kept == ["bilan", "oui", "oui", "autre chose"]

    def test_in_a_list_both_values_are_told_in_words(self, as_alice: Client, as_bob: Client, draft: Dossier) -> None:
        url = step_of(draft, "formation")
        opened = form_of(as_alice.get(url))
        send_back(as_bob, url, certifying="oui", internal="oui")
        send_back(as_bob, url, internal="")
        text = text_of(as_alice.post(url, {**opened, "certifying": ""}))
        assert "Ma saisie : vide" in text
        assert ": Oui" in text


# --- « Ce qui manque » -----------------------------------------------------------------------------------------------


def panel_of(client: Client, url: str) -> str:
    html = client.get(url).content.decode()
    found = re.search(r"<section[^>]*data-missing.*?</section>", html, flags=re.DOTALL)
    assert found
    return found[0].replace("\u00a0", " ")


class TestWhatIsMissing:
    def test_the_step_in_hand_is_told_in_full_and_the_others_in_a_line(self, as_alice: Client, draft: Dossier) -> None:
        panel = panel_of(as_alice, step_of(draft, "formation"))
        assert f'href="{step_of(draft, "formation")}#id_title"' in panel
        assert "Donner l&#x27;intitulé de la formation" in panel
        assert "Synthèse : 3 informations" in panel
        assert "missing-done" in panel

    def test_elsewhere_it_is_the_other_way_round(self, as_alice: Client, draft: Dossier) -> None:
        panel = panel_of(as_alice, step_of(draft, "synthese"))
        assert "La Formation : 6 informations" in panel
        assert "Attester sur l&#x27;honneur" in panel

    def test_a_trainee_who_misses_much_is_one_line(self, as_alice: Client, alice: Actor, place: Establishment) -> None:
        people = (PERSON, {"first_name": "Léa", "last_name": "Petit"}, {"first_name": "Luc"})
        draft = complete_draft(alice, place, people=people)
        panel = panel_of(as_alice, step_of(draft, "stagiaires"))
        rows = rows_of(draft)
        assert f'href="{trainee_of(draft, rows[1])}?verifier">Léa Petit : 4 informations' in panel
        assert "Luc : 5 informations" in panel

    def test_nothing_missing_says_so(self, as_alice: Client, alice: Actor, place: Establishment) -> None:
        draft = complete_draft(alice, place)
        assert "Il ne manque rien : vous pouvez valider la demande." in panel_of(as_alice, step_of(draft, "pieces"))


# --- the synthesis -----------------------------------------------------------------------------------------------------


def wrong_lines(page: HttpResponse) -> list[str]:
    """What the synthesis shows as wrong, each with its error and what was typed."""
    found = re.findall(r'<div class="summary-bad">.*?</div>', page.content.decode(), flags=re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]*>", " ", line)).split()) for line in found]


def test_the_synthesis_shows_what_was_typed_and_is_wrong(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place)
    assert wrong_lines(as_alice.get(step_of(draft, "synthese"))) == []
    write(draft, alice, {"starts_on": "31/02/2027", "cost": "beaucoup"})
    drafts.save_field(
        actor=alice, key=str(draft.key), name="birth_date", value="hier", revision=1, row=rows_of(draft)[0]
    )
    lines = wrong_lines(as_alice.get(step_of(draft, "synthese")))
    assert [line.partition(" Erreur :")[0] for line in lines] == [
        "Date de début",
        "Coût pédagogique de l'action HT",
        "Date de naissance",
    ]
    assert "Erreur : Le 31/02/2027 n'existe pas. 31/02/2027 Modifier" in lines[0]
    assert " beaucoup Modifier" in lines[1]
    assert " hier Modifier" in lines[2]


def test_among_many_a_trainee_s_fault_is_on_his_line(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, people=tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(6)))
    row = rows_of(draft)[3]
    drafts.save_field(actor=alice, key=str(draft.key), name="birth_date", value="31/02/1995", revision=1, row=row)
    (line,) = wrong_lines(as_alice.get(step_of(draft, "synthese")))
    assert line.startswith("Zoé Nom3 Erreur : Le 31/02/1995 n'existe pas.")
    assert "Date de naissance : 31/02/1995" in line


def summary_in(page: HttpResponse) -> str:
    html = page.content.decode()
    return html[html.index("data-error-summary") : html.index("</ul>", html.index("data-error-summary"))]


def test_to_check_the_last_step_is_to_be_told_every_problem(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place, people=(PERSON, {"first_name": "Léa"}))
    write(draft, alice, {"title": "", "hours": "zéro", "done_at": ""})
    page = as_alice.get(f"{step_of(draft, 'synthese')}?verifier")
    told = summary_in(page)
    assert f'href="{step_of(draft, "formation")}#id_title"' in told
    assert f'href="{step_of(draft, "formation")}#id_hours"' in told
    assert "Léa : 5 informations" in told
    assert 'href="#id_done_at"' in told
    assert told.count("<li>") == 4
    assert title_of(page).startswith("Erreur : ")
    assert "data-error-summary" not in as_alice.get(step_of(draft, "synthese")).content.decode()


def test_to_check_the_trainees_is_to_be_told_what_each_lacks(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place, people=(PERSON, {"first_name": "Léa"}, {**PERSON, "csp": ""}))
    write(draft, alice, {"title": ""})
    told = summary_in(as_alice.get(f"{step_of(draft, 'stagiaires')}?verifier"))
    rows = rows_of(draft)
    assert f'href="{trainee_of(draft, rows[1])}?verifier">Léa : 5 informations' in told
    assert f'href="{trainee_of(draft, rows[2])}#id_csp"' in told
    assert told.count("<li>") == 2


# --- light pages -----------------------------------------------------------------------------------------------------


def pages_of(draft: Dossier) -> list[str]:
    row = rows_of(draft)[0]
    names = ("provider", "templates", "choose_trainees", "delete_draft")
    others = [reverse(f"portal:{name}", args=[draft.key]) for name in names]
    return [*(step_of(draft, slug) for slug in STEPS), trainee_of(draft, row), *others]


def test_thirty_trainees_cost_the_database_no_more_than_three(
    as_alice: Client, as_bob: Client, alice: Actor, place: Establishment
) -> None:
    few, many = (complete_draft(alice, place, people=(PERSON,) * count) for count in (3, 30))
    for client in (as_alice, as_bob):
        for page, same in zip(pages_of(few), pages_of(many), strict=True):
            client.get(page)
            with queries() as small:
                client.get(page)
            with queries() as large:
                client.get(same)
            assert small == large, page
            assert len(large) <= 12, page


def test_thirty_trainees_make_no_heavy_page(as_alice: Client, alice: Actor, place: Establishment) -> None:
    whole = complete_draft(alice, place, people=tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(30)))
    holed = complete_draft(alice, place, people=({"first_name": "Zoé"},) * 30)
    for page in (*pages_of(whole), *pages_of(holed)):
        assert len(as_alice.get(page).content) < 60_000, page
    assert len(as_alice.post(reverse("portal:submit", args=[holed.key])).content) < 60_000


def test_the_synthesis_of_many_tells_each_in_one_line(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, people=tuple({**PERSON, "last_name": f"Nom{rank}"} for rank in range(6)))
    page = as_alice.get(step_of(draft, "synthese"))
    assert "Zoé Nom3 NIR : Numéro non encore attribué · Date de naissance : 05/01/1995 · Nom : Nom3" in text_of(page)
    assert f'href="{trainee_of(draft, rows_of(draft)[3])}"' in page.content.decode()


def test_a_step_sent_from_another_window_gives_back_what_was_typed(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place)
    form = form_of(as_alice.get(step_of(draft, "formation")))
    send(actor=alice, key=str(draft.key))
    page = as_alice.post(step_of(draft, "formation"), {**form, "title": "Soudure", "modality": "distanciel"})
    assert page.status_code == HTTPStatus.CONFLICT
    for words in (
        "a été envoyée entre-temps",
        "Ce que vous aviez écrit",
        "Intitulé de la formation",
    ):
        assert words in text_of(page)
    for typed in ("Soudure", "À distance"):
        assert f'value="{typed}" readonly' in page.content.decode()
    assert "Durée en heure(s)" not in text_of(page)
