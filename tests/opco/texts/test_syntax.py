"""The language of templates has names between braces, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.opco.texts.syntax import Shape, Variable, faults, fill, names_in

KNOWN = {
    "numero": Variable("numero", "Le numéro", "AF-1"),
    "montant_accorde": Variable("montant_accorde", "Le montant", "10 €"),
    "tableau": Variable("tableau", "Le résumé", [["a", "b"]], Shape.TABLE),
}


@pytest.mark.parametrize("text", ["{{ numero }}", "{{numero}}", "{{  numero  }}", "n° {{ numero }}, oui"])
def test_a_known_name_is_filled_whatever_its_spaces(text: str) -> None:
    assert faults(text, KNOWN) == []
    assert "AF-7" in fill(text, {"numero": "AF-7"}, KNOWN)
    assert names_in(text) == ["numero"]


def test_an_unknown_name_is_named_with_the_nearest_one() -> None:
    (said,) = faults("{{ montant_acorde }}", KNOWN)
    assert said == ("{{ montant_acorde }} n'existe pas dans ce modèle. Vouliez-vous écrire {{ montant_accorde }} ?")
    (said,) = faults("{{ zzz }}", KNOWN)
    assert said == "{{ zzz }} n'existe pas dans ce modèle. Choisissez une variable de la liste."


@pytest.mark.parametrize(
    "text",
    [
        "{{ numero.password }}",
        "{{ numero|safe }}",
        "{{ numero.__class__.__mro__ }}",
        "{{ request.user }}",
        "{{ 7*7 }}",
        "{{ settings.SECRET_KEY }}",
        "{{ numero() }}",
        "{{ '' }}",
        "{{ }}",
    ],
)
def test_whatever_looks_like_code_is_an_unknown_name(text: str) -> None:
    assert len(faults(text, KNOWN)) == 1
    assert fill(text, {"numero": "AF-7"}, KNOWN) == text


@pytest.mark.parametrize(
    "text", ["{% include 'x' %}", "{% load static %}", '#read("/etc/passwd")', "${numero}", "%(numero)s", "{numero}"]
)
def test_the_code_of_others_is_words(text: str) -> None:
    assert faults(text, KNOWN) == []
    assert fill(text, {"numero": "AF-7"}, KNOWN) == text


@pytest.mark.parametrize("text", ["{{ numero }", "{{ numero", "numero }}", "{{ nu\nmero }}", "{{{ numero }}}}"])
def test_braces_left_open_are_told(text: str) -> None:
    assert any("accolades" in said or "n'existe pas" in said for said in faults(text, KNOWN))


@pytest.mark.parametrize("text", ["Voici {{ tableau }}", "{{ tableau }}\nsuite", "- {{ tableau }}", "## {{ tableau }}"])
def test_a_table_stands_alone(text: str) -> None:
    assert faults(text, KNOWN) == ["{{ tableau }} doit être seul, avec une ligne vide avant et une ligne vide après."]


def test_a_table_alone_is_fine() -> None:
    assert faults("Voici.\n\n{{ tableau }}\n \nFin.", KNOWN) == []


@given(st.text(max_size=200), st.text(max_size=50))
def test_a_value_is_put_in_once_and_never_read_again(text: str, value: str) -> None:
    filled = fill(f"{text}|{{{{ numero }}}}|", {"numero": value}, {"numero"})
    assert filled.endswith(f"|{value}|")
    assert fill("{{ numero }}", {"numero": "{{ numero }}{{ secret }}"}, {"numero"}) == "{{ numero }}{{ secret }}"


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    faults(text, KNOWN)
    if not names_in(text):
        assert fill(text, {}, KNOWN) == text
