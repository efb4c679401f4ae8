"""A template and its values: words stay words, what is empty is left out, nothing is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.opco.markdown import BadPage
from openopco.opco.texts.filling import letter_blocks, one_line, plain_text
from openopco.opco.texts.syntax import Shape, Variable

VARIABLES = {
    "numero": Variable("numero", "Le numéro", "AF-1"),
    "motif": Variable("motif", "Le motif", "Trop tard.", Shape.TEXT, may_be_empty=True),
    "points": Variable("points", "Les points", ["un", "deux"], Shape.LIST),
    "tableau": Variable("tableau", "Le résumé", [["Coût", "10 €"]], Shape.TABLE),
}
VALUES: dict[str, Any] = {
    "numero": "AF-7",
    "motif": "Hors délai.",
    "points": ["un", "deux"],
    "tableau": [["Coût", "9 €"]],
}


def blocks(body: str, **changes: Any) -> list[dict[str, Any]]:
    return letter_blocks(body, VARIABLES, {**VALUES, **changes})


def said(part: Any) -> str:
    """All the words inside, however deep."""
    if isinstance(part, list):
        return "".join(said(each) for each in part)
    if isinstance(part, str):
        return part
    return part.get("text", "") + "".join(said(part.get(key, [])) for key in ("parts", "items", "blocks", "rows"))


def kinds(body: str, **changes: Any) -> list[str]:
    return [block["kind"] for block in blocks(body, **changes)]


def test_a_letter_has_titles_paragraphs_lists_and_notes() -> None:
    body = (
        "# Un\n\nBonjour **{{ numero }}**\nsuite\n\n- a\n- b\n\n1. c\n\n> {{ motif }}\n\n{{ tableau }}\n\n{{ points }}"
    )
    assert kinds(body) == ["heading", "paragraph", "bullets", "steps", "note", "facts", "bullets"]
    heading, paragraph, *_ = blocks(body)
    assert heading["level"] == 2
    assert [part["kind"] for part in paragraph["parts"]] == ["text", "strong", "break", "text"]
    assert "AF-7" in said(paragraph)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("Motif : {{ motif }}\n\nFin.", ["paragraph"]),
        ("## {{ motif }}\n\nFin.", ["paragraph"]),
        ("> {{ motif }}", []),
        ("- {{ motif }}\n- {{ numero }}", ["bullets"]),
        ("- {{ motif }}", []),
        ("**{{ motif }}** et {{ numero }}", []),
    ],
)
@pytest.mark.parametrize("nothing", ["", "  \n", None])
def test_what_uses_an_empty_value_is_left_out(body: str, left: list[str], nothing: str | None) -> None:
    assert kinds(body, motif=nothing) == left


def test_an_empty_list_or_table_is_left_out() -> None:
    assert kinds("{{ points }}\n\n{{ tableau }}\n\nFin.", points=[], tableau=[]) == ["paragraph"]


def test_a_reason_keeps_its_paragraphs_and_its_lines() -> None:
    assert kinds("{{ motif }}", motif="Un.\nDeux.\n\nTrois.") == ["paragraph", "paragraph"]
    (inside,) = blocks("Car {{ motif }}", motif="Un.\nDeux.")
    assert [part["kind"] for part in inside["parts"]] == ["text", "text", "break", "text"]


@pytest.mark.parametrize(
    "value",
    ["**gras** _it_ # titre", "[clic](https://mal.example)", "<script>alert(1)</script>", "![x](/etc/passwd)", "&lt;b&gt;",
     "{{ numero }} {% if %} #panic()", "- un\n- deux", "> note", "    code"],
)  # fmt: skip
def test_a_value_is_never_markup(value: str) -> None:
    (block,) = blocks("Titre : {{ numero }}.", numero=value)
    assert {part["kind"] for part in block["parts"]} <= {"text", "break"}
    assert said(block).replace(" ", "") == f"Titre : {value}.".replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(
    "body", ["    quatre espaces", "```\ncode\n```", "`mot`", "<b>mot</b>", "mot\n---", "[a]: https://b.fr"]
)
def test_what_nobody_means_stays_words(body: str) -> None:
    assert kinds(body) == ["paragraph"]


def test_a_picture_is_no_part_of_a_letter() -> None:
    with pytest.raises(BadPage, match="https"):
        blocks("![logo](/etc/passwd)")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a.fr", "file:///etc/passwd", "//a.fr", "{{ numero }}"])
def test_a_link_leads_to_https_mailto_or_tel(url: str) -> None:
    # What is no link for the parser stays words; what is one is refused.
    try:
        found = blocks(f"[clic]({url})")
    except BadPage:
        return
    assert "link" not in {part["kind"] for part in found[0]["parts"]}


def test_what_is_stressed_is_bold_the_italics_lack_letters() -> None:
    (block,) = blocks("*{{ numero }}*")
    assert block["parts"][0]["kind"] == "strong"


def test_a_title_in_a_list_is_bold_not_a_title() -> None:
    (block,) = blocks("- # titre")
    assert block["items"][0][0]["kind"] == "paragraph"


def test_a_mail_is_plain_and_leaves_out_what_is_empty() -> None:
    body = "Bonjour **{{ numero }}**,\n\nMotif : {{ motif }}\n\n{{ points }}\n\nFin.\nSuite."
    assert plain_text(body, VARIABLES, {**VALUES, "motif": ""}) == "Bonjour **AF-7**,\n\n- un\n- deux\n\nFin.\nSuite.\n"


@pytest.mark.parametrize("value", ["a\nBcc: x@y.fr", "a\r\nX: y", "a\u2028b", "a\x00b", "a\x0bb"])
def test_a_subject_is_one_line_whatever_is_put_in_it(value: str) -> None:
    subject = one_line("Demande {{ numero }}", VARIABLES, {"numero": value})
    assert subject.isprintable()
    assert len(subject.splitlines()) == 1


@given(st.text(max_size=300), st.text(max_size=100), st.lists(st.text(max_size=20), max_size=3))
def test_any_body_and_any_values_make_blocks_or_say_why(body: str, reason: str, points: list[str]) -> None:
    values = {**VALUES, "motif": reason, "points": points}
    try:
        made = letter_blocks(f"{body}\n\n{{{{ points }}}}\n\n{{{{ motif }}}}", VARIABLES, values)
    except BadPage:
        return
    assert all(block["kind"] in {"heading", "paragraph", "bullets", "steps", "note", "facts"} for block in made)
    assert made == letter_blocks(f"{body}\n\n{{{{ points }}}}\n\n{{{{ motif }}}}", VARIABLES, values)


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=60))
def test_a_value_is_printed_whole(value: str) -> None:
    (block,) = blocks("« {{ numero }} »", numero=value)
    assert said(block) == f"« {value} »"
