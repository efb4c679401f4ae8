"""What may be written in a template: by whom it is read, all that is wrong said at once."""

from datetime import date

import pytest

from openopco.kernel.errors import InvalidValue
from openopco.opco.errors import BadTemplate
from openopco.opco.texts import rules
from openopco.opco.texts.catalogue import TEMPLATES, Template
from openopco.opco.texts.shipped import SHIPPED, Words
from openopco.opco.texts.syntax import names_in

GRANT, TODAY = TEMPLATES["accord"], date(2026, 11, 23)


def errors(
    subject: str = "Accord {{ numero }}", body: str = "Bonjour.", template: Template = GRANT
) -> dict[str, list[str]]:
    with pytest.raises(BadTemplate) as refused:
        rules.checked(template, Words(subject, body))
    return refused.value.errors


@pytest.mark.parametrize("code", TEMPLATES)
def test_the_shipped_words_pass_as_they_are(code: str) -> None:
    assert rules.checked(TEMPLATES[code], SHIPPED[code]) == SHIPPED[code]


def test_every_template_has_words_and_they_use_its_variables_alone() -> None:
    assert set(SHIPPED) == set(TEMPLATES)
    for code, words in SHIPPED.items():
        assert set(names_in(words.subject + words.body)) <= set(TEMPLATES[code].variables), code


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.code)
def test_every_variable_has_a_meaning_and_an_example(template: Template) -> None:
    for name, variable in template.variables.items():
        assert variable.name == name
        assert variable.meaning
        assert variable.example
        assert name.isidentifier()


def test_each_field_says_what_is_wrong_with_it() -> None:
    found = errors("{{ motan }}", "{{ inconnue }} {{ tableau }}")
    assert "{{ motan }} n'existe pas" in found["subject"][0]
    assert "{{ inconnue }} n'existe pas" in found["body"][0]
    assert "{{ tableau }} doit être seul" in found["body"][1]


@pytest.mark.parametrize("name", ["tableau", "motif", "accord_precedent"])
def test_a_subject_takes_lines_that_are_never_empty(name: str) -> None:
    assert "n'existe pas" in errors(f"Accord {{{{ {name} }}}}")["subject"][0]


@pytest.mark.parametrize(
    ("subject", "body", "field", "sentence"),
    [
        ("  ", "Bonjour.", "subject", "Écrivez l'objet"),
        ("Accord", " \n ", "body", "Écrivez le texte."),
        ("x" * 161, "Bonjour.", "subject", "160 caractères au plus, et il en compte 161"),
        ("Accord", "x" * 10_001, "body", "10000 caractères au plus"),
        ("Accord", "NIR 2 95 01 99 126 111 46", "body", "numéro de sécurité sociale"),
        ("Accord", "[clic](http://a.fr)", "body", "Le lien http://a.fr"),
    ],
)
def test_what_is_refused(subject: str, body: str, field: str, sentence: str) -> None:
    found = errors(subject, body)
    assert list(found) == [field]
    assert sentence in found[field][0]


@pytest.mark.parametrize(
    "target", ["javascript:alert", "file:///etc/passwd", "data:text/html,x", "//a.fr", "{{", "www.a.fr"]
)
def test_a_link_that_leads_nowhere_is_told_not_printed(target: str) -> None:
    written = "{{ numero }}" if target == "{{" else target
    assert f"Le lien {target} ne commence pas" in errors("Accord", f"Lisez [ceci]({written}).")["body"][0]


@pytest.mark.parametrize(
    "body", ["[a](https://a.fr)", "[a]( <mailto:a@a.fr> )", "Un [mot] (entre parenthèses).", "\\[a\\](b)"]
)
def test_what_is_a_good_link_or_none_is_kept(body: str) -> None:
    assert rules.checked(TEMPLATES["accord"], Words("Accord", body)).body == body


def test_a_mail_has_no_markup_to_be_wrong() -> None:
    words = Words("Accord", "[clic](http://a.fr)")
    assert rules.checked(TEMPLATES["courriel-accord"], words) == words


def test_words_are_tidied() -> None:
    kept = rules.checked(GRANT, Words(" Accord\u200b\tdu  jour ", "Un\r\nDeux \x07\n\n"))
    assert kept == Words("Accord du jour", "Un\nDeux")


def test_a_version_starts_today_or_later() -> None:
    assert rules.checked_day(TODAY, TODAY) == TODAY
    for day in (date(2026, 11, 22), date(2029, 1, 1)):
        with pytest.raises(InvalidValue):
            rules.checked_day(day, TODAY)
