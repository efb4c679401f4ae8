"""The spaces of French punctuation do not break, wherever people read; nothing else is touched."""

import re
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from openopco.web.typography import in_template, no_orphans
from tests.dossiers.factories import garage
from tests.habilitations.factories import employer
from tests.web.portal.people import browser_of

ORPHAN = re.compile(r" [:;!?](?=\s|$)|« | »")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Étape 3 : le SIRET", "Étape 3\u00a0: le SIRET"),
        ("Une question ?", "Une question\u202f?"),
        ("Nouveautés ! Et après ; rien", "Nouveautés\u202f! Et après\u202f; rien"),
        ("« Ce qui manque »", "«\u00a0Ce qui manque\u00a0»"),
        ("à 10:30, https://a.example/?b :c", "à 10:30, https://a.example/?b :c"),
    ],
)
def test_each_sign_keeps_its_space(typed: str, read: str) -> None:
    assert no_orphans(typed) == read


@given(st.text(alphabet="a :;!?«»\u00a0\u202f\n"))
def test_no_word_changes_and_twice_is_once(text: str) -> None:
    once = no_orphans(text)
    assert no_orphans(once) == once
    assert re.sub(r"[\u00a0\u202f]", " ", once) == re.sub(r"[\u00a0\u202f]", " ", text)
    assert not re.search(r" [;!?]", once)


@pytest.mark.parametrize(
    ("source", "loaded"),
    [
        ("<p>{{ name }} : {{ value }}</p>", "<p>{{ name }}~: {{ value }}</p>"),
        ('<a title="b : c"{% if y %} class="b : c"{% endif %}>b : c</a>',
         '<a title="b : c"{% if y %} class="b : c"{% endif %}>b~: c</a>'),
        ("{% block title %}b : c{% block draft_title %}b : c{% endblock %} : d{% endblock %}b : c",
         "{% block title %}b : c{% block draft_title %}b : c{% endblock %} : d{% endblock %}b~: c"),
        ("<title>b : c</title><textarea>b : c</textarea><script>b : c</script>b : c",
         "<title>b : c</title><textarea>b : c</textarea><script>b : c</script>b~: c"),
        ("{% if a == 'b : c' %}b : c{% endif %}", "{% if a == 'b : c' %}b~: c{% endif %}"),
        ("{% comment %} a <b : c {% endcomment %}{# d > e : #}b : c", "b~: c"),
    ],
)  # fmt: skip
def test_only_what_is_read_is_touched(source: str, loaded: str) -> None:
    assert in_template(source) == loaded.replace("~", "\u00a0")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/connexion/", "/inscription/", "/tableau-de-bord/", "/demandes/", "/habilitations/rattacher/", "/aide/"],
)
def test_no_page_leaves_a_sign_alone(path: str) -> None:
    public = path in ("/", "/connexion/", "/inscription/")
    client = Client() if public else browser_of(employer(garage()))
    page = client.get(path).content.decode()
    body = re.sub(r"<(script|style|title|textarea)\b.*?</\1>", "", page, flags=re.DOTALL)
    orphans = [text for text in re.findall(r">([^<]+)<", body) if ORPHAN.search(unescape(text))]
    assert not orphans
