"""The tests' own guards do guard."""

import pytest
from django.template import engines


@pytest.mark.parametrize("source", ["{{ nobody }}", "{{ form.nobody }}", "{{ nobody|upper }}"])
def test_an_undefined_template_variable_is_a_failure(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="nobody"):
        engines["django"].from_string(source).render({"form": object()})


def test_a_defined_one_is_not_even_when_it_is_empty() -> None:
    assert engines["django"].from_string("{{ name }}{% if nobody %}x{% endif %}").render({"name": ""}) == ""
