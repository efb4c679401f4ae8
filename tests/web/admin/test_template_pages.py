"""« Lettres et courriels »: written, looked at, dated; nothing typed is lost, nothing set is rewritten."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import page as validator
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from openopco.opco.models import TemplateVersion
from openopco.opco.texts.catalogue import TEMPLATES
from openopco.opco.texts.shipped import SHIPPED
from tests.web.visitors import administrator_client, text_of, value_of

LIST = "/administration/lettres/"
GRANT, EDIT = f"{LIST}accord/", f"{LIST}accord/modifier/"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = {
    "subject": "Accord {{ numero }}",
    "body": "Bonjour,\n\nMotif : {{ motif }}",
    "starts_on": "24/11/2026",
    "last_seen": "0",
}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def admin() -> Client:
    return administrator_client()


def typed(page: Any) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page.content.decode(), re.DOTALL)
    assert found is not None
    return html.unescape(found[1]).strip()


def save(client: Client, **changes: str) -> Any:
    return client.post(EDIT, {**WORDS, "enregistrer": "1", **changes}, follow=True)


def test_the_list_says_what_stands_and_what_comes(admin: Client) -> None:
    save(admin)
    said = text_of(admin.get(LIST))
    for template in TEMPLATES.values():
        assert template.label in said
    assert "Lettre d'accord Quand une demande est accordée. Texte d'origine Version 1 à partir du 24/11/2026" in said


def test_a_list_of_many_versions_costs_the_same(admin: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(1, 9):
        TemplateVersion.objects.create(
            code="accord", version=number, starts_on=NOW.date(), subject="a", body="b", created_at=timezone.now()
        )
    with django_assert_max_num_queries(8):
        admin.get(LIST)


def test_a_template_is_shown_filled_with_an_invented_request(admin: Client) -> None:
    said = text_of(admin.get(GRANT))
    assert "Accord de prise en charge de votre demande AF-2027-000123" in said
    assert "1 000,00 € HT" in said
    assert "Texte d'origine" in said
    assert "{{" not in said


def test_a_preview_saves_nothing(admin: Client) -> None:
    page = admin.post(EDIT, {**WORDS, "apercu": "1"})
    assert page.status_code == 200
    assert "Motif : Votre budget annuel ne permet pas davantage." in text_of(page)
    assert typed(page) == WORDS["body"].replace("\r", "")
    assert not TemplateVersion.objects.exists()


def test_a_version_takes_over_on_its_day_and_the_old_one_can_be_read(admin: Client, clock: Any) -> None:
    page = save(admin)
    assert page.redirect_chain == [(GRANT, 302)]
    said = text_of(page)
    assert "C'est enregistré : ce texte prend effet le 24/11/2026." in said
    assert "le plaisir de vous accorder" in said
    assert "À venir" in said
    clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    today = text_of(administrator_client().get(GRANT))
    assert "Motif : Votre budget" in today
    assert "Remplacée" in today
    old = administrator_client().get(f"{GRANT}versions/0/")
    assert "le plaisir de vous accorder" in text_of(old)


def test_a_version_says_what_it_changed_not_by_colour_alone(admin: Client) -> None:
    save(admin)
    page = admin.get(f"{GRANT}versions/1/")
    said = text_of(page)
    assert "Ce qui a changé depuis « Texte d'origine »" in said
    assert "+ Ajouté : Motif : {{ motif }}" in said
    assert "− Retiré : {{ tableau }}" in said
    assert "Retiré : Objet : Accord de prise en charge" in said
    assert "Enregistrée aujourd'hui à 10 h 00 par" in said


def test_one_starts_again_from_an_old_version(admin: Client) -> None:
    save(admin)
    assert typed(admin.get(EDIT)) == WORDS["body"]
    page = admin.get(f"{EDIT}?depuis=0")
    assert typed(page) == SHIPPED["accord"].body
    assert value_of(page, "last_seen") == "1"
    assert value_of(page, "starts_on") == "24/11/2026"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"body": "Bonjour {{ nom }}"}, "{{ nom }} n'existe pas dans ce modèle."),
        ({"subject": "Accord {{ nunero }}"}, "Vouliez-vous écrire {{ numero }} ?"),
        ({"subject": ""}, "Écrivez l'objet"),
        ({"body": "{{ numero"}, "Deux accolades ne sont pas refermées"),
        ({"body": "![logo](/etc/passwd)"}, "Le lien /etc/passwd ne commence pas par https:"),
        ({"starts_on": "22/11/2026"}, "Choisissez aujourd'hui ou un jour à venir"),
        ({"starts_on": "demain"}, "jj/mm/aaaa"),
        ({"starts_on": ""}, "date"),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_is_lost(
    admin: Client, change: dict[str, str], sentence: str
) -> None:
    page = save(admin, **change)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "Erreur : Modifier" in text_of(page)
    assert typed(page) == {**WORDS, **change}["body"]
    for name in ("subject", "starts_on"):
        assert value_of(page, name) == {**WORDS, **change}[name]
    assert not TemplateVersion.objects.exists()


def test_a_version_set_meanwhile_is_told_and_mine_can_still_be_saved(admin: Client) -> None:
    save(admin)
    page = save(administrator_client(), body="La mienne.")
    assert page.status_code == 409
    assert "Quelqu'un a enregistré une autre version" in text_of(page)
    assert "Lire « Version 1 »" in text_of(page)
    assert typed(page) == "La mienne."
    again = save(administrator_client(), body="La mienne.", last_seen=value_of(page, "last_seen"))
    assert again.redirect_chain == [(GRANT, 302)]
    assert TemplateVersion.objects.get(version=2).body == "La mienne."


@pytest.mark.parametrize("seen", ["", "x", "-4", "99"])
def test_a_number_tampered_with_is_a_version_unseen(admin: Client, seen: str) -> None:
    assert save(admin, last_seen=seen).status_code == 409
    assert not TemplateVersion.objects.exists()


def test_code_in_a_template_is_shown_never_run(admin: Client) -> None:
    body = "{% now 'Y' %} #read('/etc/passwd') <script>alert(1)</script> {# x #} {{ numero }}"
    page = admin.post(EDIT, {**WORDS, "body": body, "apercu": "1"})
    assert page.status_code == 200
    assert "{% now 'Y' %} #read('/etc/passwd') <script>alert(1)</script> {# x #} AF-2027-000123" in text_of(page)
    assert "<script>alert" not in page.content.decode()


def test_what_is_being_written_is_seen_as_pdf(admin: Client) -> None:
    answer = admin.post(f"{GRANT}apercu.pdf", WORDS)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert validator.validate_pdf_bytes(answer.content, profile="ua1").failures == []
    wrong = admin.post(f"{GRANT}apercu.pdf", {**WORDS, "body": "{{ nom }}"})
    assert wrong.status_code == 422
    assert "{{ nom }} n'existe pas" in text_of(wrong)


def test_a_version_is_seen_as_pdf(admin: Client) -> None:
    assert admin.get(f"{GRANT}versions/0/apercu.pdf").content.startswith(b"%PDF")


def test_a_mail_is_plain_text_with_its_subject(admin: Client) -> None:
    said = text_of(admin.get(f"{LIST}courriel-recu/"))
    assert "Objet : Votre demande AF-2027-000123 est bien arrivée" in said
    assert "Voir en PDF" not in said


@pytest.mark.parametrize(
    "path",
    [
        "inconnu/",
        "inconnu/modifier/",
        "accord/versions/7/",
        "courriel-recu/versions/0/apercu.pdf",
        "accord/versions/7/apercu.pdf",
    ],
)
def test_what_does_not_exist_is_not_found(admin: Client, path: str) -> None:
    assert admin.get(LIST + path).status_code == 404


def test_a_mail_has_no_pdf(admin: Client) -> None:
    assert admin.post(f"{LIST}courriel-recu/apercu.pdf", WORDS).status_code == 404


def test_every_template_opens_its_editor_with_its_variables(admin: Client) -> None:
    for code, template in TEMPLATES.items():
        page = admin.get(f"{LIST}{code}/modifier/")
        assert page.status_code == 200
        for variable in template.variables.values():
            assert variable.written in text_of(page)
            assert variable.meaning in text_of(page)
