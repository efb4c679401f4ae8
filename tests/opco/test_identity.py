"""Who the installation says it is."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from openopco import opco
from openopco.opco.identities import identity_of
from openopco.opco.table import OPCOS
from tests.shared_data import shared_file


def test_out_of_the_box_it_is_m_gestion_by_opco_mobilites() -> None:
    identity = opco.identity()
    assert (identity.slug, identity.name, identity.product) == ("mobilites", "OPCO Mobilités", "M-Gestion")
    assert identity.signature == "M-Gestion, par OPCO Mobilités"
    assert identity.tagline == "votre compte en ligne pour le financement et le suivi de vos formations"
    assert identity.site_url == "https://www.opcomobilites.fr/"


def test_no_contact_is_invented_where_none_is_given() -> None:
    identity = opco.identity()
    assert (identity.email, identity.phone, identity.address) == ("", "", "")


def test_identity_costs_no_query_and_is_made_once(db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert opco.identity() is opco.identity()


def test_the_eleven_opcos_are_known_and_each_makes_an_identity() -> None:
    assert len(OPCOS) == 11
    for slug in OPCOS:
        made = identity_of(slug, {})
        assert made.slug == slug
        assert made.name
        assert made.product


def test_slugs_are_those_of_the_reference_data() -> None:
    table = json.loads(shared_file("refdata/opco/opco-11.json").read_text())
    assert {row["slug"] for row in table} == set(OPCOS)


def test_another_opco_is_chosen_and_worded_by_settings(settings) -> None:
    settings.OPCO_SLUG = "constructys"
    settings.OPCO_OVERRIDES = {"product": "eGestion", "email": "contact@exemple.test", "teal": "#123456"}
    identity = opco.identity()
    assert identity.name == "Constructys"
    assert identity.signature == "eGestion, par Constructys"
    assert identity.email == "contact@exemple.test"
    assert identity.teal == "#123456"
    assert identity.yellow == "#ffc72c"


def test_an_override_wins_over_the_table() -> None:
    assert identity_of("mobilites", {"name": "OPCO de démonstration"}).name == "OPCO de démonstration"


@pytest.mark.parametrize(
    ("slug", "of_name", "that_name"),
    [
        ("mobilites", "d'OPCO Mobilités", "qu'OPCO Mobilités"),
        ("constructys", "de Constructys", "que Constructys"),
        ("akto", "d'AKTO", "qu'AKTO"),
        ("uniformation", "d'Uniformation", "qu'Uniformation"),
        ("opcommerce", "de L’Opcommerce", "que L’Opcommerce"),
    ],
)
def test_the_name_is_elided_as_french_wants(slug: str, of_name: str, that_name: str) -> None:
    identity = identity_of(slug, {})
    assert identity.of_name == of_name
    assert identity.that_name == that_name


def test_a_name_with_an_accented_vowel_is_elided_too() -> None:
    assert identity_of("akto", {"name": "Élan formation"}).of_name == "d'Élan formation"


@pytest.mark.parametrize(
    ("slug", "overrides", "said"),
    [
        ("mobilite", {}, "mobilites"),
        ("mobilites", {"teal": "bleu"}, "#rrvvbb"),
        ("mobilites", {"orange": "#12345"}, "#rrvvbb"),
        ("mobilites", {"orange": "#123456; }"}, "#rrvvbb"),
        ("mobilites", {"site_url": "javascript:alert(1)"}, "https://"),
        ("mobilites", {"email": "contact"}, "adresse e-mail"),
        ("mobilites", {"nom": "X"}, "nom"),
        ("mobilites", {"slug": "akto"}, "slug"),
    ],
)
def test_a_wrong_setting_is_refused_in_clear_words(slug: str, overrides: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        identity_of(slug, overrides)


def _opco_settings(environment: dict[str, str]) -> dict[str, object]:
    code = "import json; from config.settings import opco as o; print(json.dumps([o.OPCO_SLUG, o.OPCO_OVERRIDES]))"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OPENOPCO_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environment},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    slug, overrides = json.loads(done.stdout)
    return {"slug": slug, "overrides": overrides}


def test_the_environment_chooses_the_opco_and_a_blank_variable_changes_nothing() -> None:
    environment = {"OPENOPCO_OPCO": "atlas", "OPENOPCO_PRODUCT": "myAtlas", "OPENOPCO_OPCO_NAME": ""}
    assert _opco_settings(environment) == {"slug": "atlas", "overrides": {"product": "myAtlas"}}


def test_without_environment_nothing_is_overridden() -> None:
    assert _opco_settings({}) == {"slug": "mobilites", "overrides": {}}
