"""HTML written in Python says what Django's own `format_html` would, and escapes what it would."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from openopco.web.components.markup import filled, filled_each

SHAPE = "<a title=\"{}\" href='{}'>{}</a>"
texts = st.one_of(st.text(), st.sampled_from(["<script>", "\"'&", "&amp;", "{}", "{0}"]), st.text().map(SafeString))
rows = st.lists(st.tuples(texts, texts, texts), max_size=4)


@given(st.tuples(texts, texts, texts))
def test_it_is_filled_as_django_fills_it(row: tuple[str, str, str]) -> None:
    assert filled(SHAPE, *row) == format_html(SHAPE, *row)
    assert isinstance(filled(SHAPE, *row), SafeString)


@given(rows)
def test_rows_stand_side_by_side(given_rows: list[tuple[str, str, str]]) -> None:
    assert filled_each(SHAPE, given_rows) == format_html_join("", SHAPE, given_rows)
    assert filled_each(SHAPE, iter(given_rows), "\n") == format_html_join("\n", SHAPE, given_rows)
    assert isinstance(filled_each(SHAPE, given_rows), SafeString)


def test_what_is_typed_never_becomes_html() -> None:
    assert filled("<p>{}</p>", "<img src=x onerror=alert(1)>") == "<p>&lt;img src=x onerror=alert(1)&gt;</p>"
    assert filled_each("<p>{}</p>", [('"', "unused")]) == "<p>&quot;</p>"
