"""A parameter that is read exists, and its codes are those of the rooms above that use them."""

import re
from pathlib import Path

from django.conf import settings

from openopco.dossiers.queries.drafts import PARAMETERS_OF_A_DRAFT, VERSIONS_OF_A_DRAFT
from openopco.opco.defaults import DEFAULTS
from openopco.opco.values import NATURES, ZONES
from openopco.training.enums import Nature, Zone

READ = re.compile(r"parameters\.(?:value|version)\(\s*[\"'](\w+)[\"']")
SOURCES = sorted(Path(settings.ROOT, "openopco").rglob("*.py"))


def test_every_parameter_that_is_read_exists() -> None:
    read = {code for source in SOURCES for code in READ.findall(source.read_text())}
    assert read
    assert sorted((read | {*PARAMETERS_OF_A_DRAFT, *VERSIONS_OF_A_DRAFT}) - set(DEFAULTS)) == []


def test_natures_and_zones_are_those_of_the_form() -> None:
    assert {str(nature.value) for nature in Nature} == set(NATURES)
    assert {str(zone.value) for zone in Zone} == set(ZONES)
