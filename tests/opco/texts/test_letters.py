"""Every letter can be read by everyone, whatever was typed in it: PDF/UA for each kind, over pages, in any writing."""

import io
from typing import Any

import page as validator
import pytest
from pypdf import PdfReader

from openopco.opco.texts import letters
from openopco.opco.texts.catalogue import TEMPLATES, Template
from openopco.opco.texts.mails import mail_in_force
from openopco.opco.texts.shipped import SHIPPED, Words
from openopco.opco.texts.syntax import Shape, Variable
from tests.opco.texts.test_versions import NOW

LETTERS = [template for template in TEMPLATES.values() if template.is_letter]
HOSTILE = [
    '#import "@preview/evil:1.0.0": * #panic()',
    "{{ motif }} {% include 'x' %} <script>",
    "محمد العربي עברית",
    "🎓🚀 日本語 ǆ ﬁ",
    "a\u202eb\u200dc\ufeff e\u0301",
    "x" * 400,
]


def filled(template: Template, text: str) -> dict[str, Any]:
    return {variable.name: _value(variable, text) for variable in template.variables.values()}


def _value(variable: Variable, text: str) -> Any:
    if variable.shape is Shape.TABLE:
        return [[text, text]]
    return [text, text] if variable.shape is Shape.LIST else text


def made(template: Template, values: dict[str, Any], words: Words | None = None) -> bytes:
    # The payee of an order to pay back is no variable of its letter.
    whom = values.get("entreprise") or values["motif"]
    content = letters.compose(
        template, words or SHIPPED[template.code], values, recipient=[whom] * 3, date="d", reference="r"
    )
    return letters.typeset(content)


def problems(pdf: bytes) -> list[str]:
    return [f"{one.rule_id}: {one.message}" for one in validator.validate_pdf_bytes(pdf, profile="ua1").failures]


@pytest.mark.parametrize("template", LETTERS, ids=lambda one: one.code)
def test_every_letter_as_shipped_passes_the_checks_of_pdf_ua(template: Template) -> None:
    assert problems(letters.typeset(letters.example_of(template, SHIPPED[template.code]))) == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("template", LETTERS, ids=lambda one: one.code)
def test_whatever_was_typed_it_passes_them_still(template: Template, text: str) -> None:
    assert problems(made(template, filled(template, text))) == []


def test_every_markup_at_once_passes_them(settings: Any) -> None:
    settings.OPCO_OVERRIDES = {"teal": "#5b2a86", "address": "1 rue A\n75001 Paris", "phone": "0100000000"}
    body = "# A\n\n### B\n\n- # c\n  - d\n    > e *f*\n\n> - {{ formation }}\n\n1. g\n2. h\n\n[lien](https://a.fr)\n\n{{ tableau }}"
    template = TEMPLATES["accord"]
    assert problems(made(template, filled(template, "Élodie"), Words("Objet", body))) == []


def test_a_long_letter_goes_over_numbered_pages() -> None:
    template = TEMPLATES["refus"]
    values = {**template.examples, "motif": "\n\n".join(f"Motif {rank} : " + "mot " * 60 for rank in range(40))}
    pdf = made(template, values)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 2
    assert f"Page 2 sur {len(pages)}" in " ".join(pages[1].extract_text().split())
    assert problems(pdf) == []


@pytest.mark.django_db
@pytest.mark.parametrize("template", [one for one in TEMPLATES.values() if not one.is_letter], ids=lambda one: one.code)
@pytest.mark.parametrize("text", [*HOSTILE, "a\r\nBcc: tous@exemple.fr", "a\nb"])
def test_no_value_adds_a_header_to_a_mail(template: Template, text: str) -> None:
    words = mail_in_force(template.code, filled(template, text), NOW)
    assert words.subject.isprintable()
    assert len(words.subject.splitlines()) == 1
