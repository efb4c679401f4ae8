"""A field tells its label, its hint and its error to everybody, and keeps what was typed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from lxml import html

from openopco.web.components.raw import FieldConflict, RawField
from openopco.web.gallery.forms import SampleForm

TITLE = RawField("intitule", "Intitulé", "Frein & <b>", hint="En une ligne", required=True, revision=4)
CHOICES = (("oui", "Oui"), ("non", "Non"))


def raw(field: RawField) -> html.HtmlElement:
    return html.fromstring(f"<form>{render_to_string('components/raw_field.html', {'field': field})}</form>")


def bound(name: str, **more: object) -> html.HtmlElement:
    rendered = render_to_string("components/field.html", {"field": SampleForm({}, prefix="essai")[name], **more})
    return html.fromstring(f"<form>{rendered}</form>")


def test_a_text_field_is_labelled_and_keeps_hostile_text_as_text() -> None:
    form = raw(TITLE)
    control = form.get_element_by_id("id_intitule")
    assert control.get("value") == "Frein & <b>"
    assert form.xpath("//label[@for='id_intitule']")[0].text_content().strip().startswith("Intitulé")
    assert form.xpath("//b") == []


def test_a_required_field_says_so_in_its_label_and_to_screen_readers() -> None:
    form = raw(TITLE)
    assert form.xpath("//label/abbr[@title='obligatoire']")[0].text == "*"
    assert form.get_element_by_id("id_intitule").get("aria-required") == "true"
    assert raw(replace(TITLE, required=False)).xpath("//abbr") == []


def test_an_error_stands_above_the_control_and_is_read_with_the_hint() -> None:
    form = raw(replace(TITLE, error="Trop long."))
    control = form.get_element_by_id("id_intitule")
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby").split() == ["id_intitule_hint", "id_intitule_error"]
    message = form.get_element_by_id("id_intitule_error")
    assert message.text_content() == "Erreur\u00a0: Trop long."
    assert list(form.iter()).index(message) < list(form.iter()).index(control)


def test_a_field_without_hint_nor_error_describes_itself_by_nothing() -> None:
    control = raw(replace(TITLE, hint="")).get_element_by_id("id_intitule")
    assert control.get("aria-describedby") is None
    assert control.get("aria-invalid") is None


def test_the_revision_travels_with_and_without_javascript() -> None:
    form = raw(TITLE)
    assert form.get_element_by_id("id_intitule").get("data-revision") == "4"
    assert form.xpath("//input[@type='hidden' and @name='revision:intitule']")[0].get("value") == "4"


def test_a_field_that_is_not_saved_as_one_types_has_no_revision() -> None:
    form = raw(replace(TITLE, revision=None))
    assert form.get_element_by_id("id_intitule").get("data-revision") is None
    assert form.xpath("//input[@type='hidden']") == []


@pytest.mark.parametrize(
    ("kind", "type_", "inputmode"),
    [
        ("text", "text", None),
        ("date", "text", "numeric"),
        ("postal", "text", "numeric"),
        ("siret", "text", "numeric"),
        ("amount", "text", "decimal"),
        ("hours", "text", "decimal"),
        ("email", "email", None),
        ("tel", "tel", None),
        ("nir", "text", None),
        ("city", "text", None),
    ],
)
def test_each_kind_opens_the_right_keyboard(kind: str, type_: str, inputmode: str | None) -> None:
    control = raw(replace(TITLE, kind=kind)).get_element_by_id("id_intitule")
    assert (control.get("type"), control.get("inputmode")) == (type_, inputmode)


@pytest.mark.parametrize(("kind", "suffix", "shown"), [("amount", "", "€"), ("hours", "", "h"), ("text", "km", "km")])
def test_a_unit_is_shown_inside_the_control(kind: str, suffix: str, shown: str) -> None:
    unit = raw(replace(TITLE, kind=kind, suffix=suffix)).xpath("//*[@class='affix-text']")[0]
    assert unit.text == shown
    assert unit.get("aria-hidden") == "true"


def test_a_list_of_choices_selects_what_was_chosen_and_offers_to_choose_nothing() -> None:
    options = raw(replace(TITLE, kind="select", choices=CHOICES, value="non")).xpath("//option")
    assert [(each.get("value"), each.get("selected") is not None) for each in options] == [
        ("", False),
        ("oui", False),
        ("non", True),
    ]


def test_radios_stand_in_a_fieldset_whose_first_carries_the_id_of_the_error_summary() -> None:
    form = raw(replace(TITLE, kind="radios", choices=CHOICES, value="non", error="Choisissez."))
    assert form.xpath("//fieldset/legend")[0].text_content().strip().startswith("Intitulé")
    assert form.xpath("//fieldset")[0].get("aria-describedby").split() == ["id_intitule_hint", "id_intitule_error"]
    assert form.get_element_by_id("id_intitule").get("value") == "oui"
    assert [each.get("value") for each in form.xpath("//input[@checked]")] == ["non"]


@pytest.mark.parametrize(("value", "ticked"), [("oui", True), ("", False), ("non", False)])
def test_a_box_is_ticked_by_the_word_yes_alone(value: str, ticked: bool) -> None:
    box = raw(replace(TITLE, kind="checkbox", value=value)).get_element_by_id("id_intitule")
    assert box.get("value") == "oui"
    assert (box.get("checked") is not None) is ticked


def test_a_long_text_keeps_its_first_empty_line() -> None:
    area = raw(replace(TITLE, kind="textarea", value="\nDeux\nlignes")).get_element_by_id("id_intitule")
    assert area.text == "\nDeux\nlignes" or area.text == "\n\nDeux\nlignes"


def test_what_scripts_read_is_escaped() -> None:
    control = raw(replace(TITLE, data=(("postal-url", '/x/"><script>'),))).get_element_by_id("id_intitule")
    assert control.get("data-postal-url") == '/x/"><script>'


def test_what_was_served_goes_back_with_what_was_typed() -> None:
    form = raw(replace(TITLE, served='Pneus "<été>"'))
    assert form.xpath("//input[@name='served:intitule']/@value") == ['Pneus "<été>"']
    assert not raw(TITLE).xpath("//input[@name='served:intitule']")


def test_a_conflict_shows_both_values_to_choose_from_and_chooses_neither() -> None:
    at = datetime(2026, 11, 20, 9, 24, tzinfo=UTC)
    there = FieldConflict("Pneus", "Alice Martin", at, revision=4, mine="Frein & <b>")
    form = raw(replace(TITLE, conflict=there))
    choices = form.xpath("//input[@name='keep:intitule']")
    assert [(each.get("value"), each.get("checked") is not None) for each in choices] == [
        ("mine", False),
        ("theirs", False),
    ]
    assert form.xpath("//input[@name='theirs:intitule']/@value") == ["4"]
    words = form.xpath("//*[contains(@class, 'conflict')]")[0].text_content()
    assert "Frein & <b>" in words
    assert "Alice Martin, le 20/11/2026 à 10\u00a0h\u00a024" in words
    assert "Pneus" in words


def test_a_django_field_tells_its_error_and_its_hint() -> None:
    form = bound("email")
    control = form.get_element_by_id("id_essai-email")
    assert control.get("aria-invalid") == "true"
    for name in control.get("aria-describedby").split():
        assert form.get_element_by_id(name).text_content().strip()
    assert "obligatoire" in form.get_element_by_id("id_essai-email_error").text_content()


def test_a_django_group_has_a_legend_and_points_at_its_error() -> None:
    form = bound("side")
    group = form.xpath("//fieldset")[0]
    assert "id_essai-side_error" in group.get("aria-describedby").split()
    assert form.get_element_by_id("id_essai-side_0").get("type") == "radio"


def test_a_django_box_comes_before_its_label() -> None:
    label = bound("terms").xpath("//label")[0]
    assert label[0].get("type") == "checkbox"
    assert label.get("for") == label[0].get("id")


def test_what_may_be_left_out_is_said_where_asked() -> None:
    assert "(facultatif)" in bound("amount", optional=True).text_content()
    assert "(facultatif)" not in bound("amount").text_content()
    assert "€" in bound("amount", suffix="€").text_content()
