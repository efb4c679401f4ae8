"""Which registry is asked is a setting, and a wrong one stops the start."""

import importlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import registries as chosen
from openopco.organisations.registries import registry
from openopco.organisations.registries.embedded import EmbeddedRegistry
from openopco.organisations.registries.http import HttpRegistry


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    importlib.reload(chosen)


def test_the_embedded_registry_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENOPCO_REGISTRY", raising=False)
    assert importlib.reload(chosen).REGISTRY == "embedded"


def test_the_public_services_are_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENOPCO_REGISTRY", "http")
    assert importlib.reload(chosen).REGISTRY == "http"


def test_another_word_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENOPCO_REGISTRY", "minitel")
    with pytest.raises(ImproperlyConfigured, match=r"OPENOPCO_REGISTRY.*minitel"):
        importlib.reload(chosen)
    monkeypatch.delenv("OPENOPCO_REGISTRY")


def test_each_service_is_https_bounded_and_alone_on_its_list() -> None:
    assert set(chosen.OUTBOUND) == {"sirene", "providers", "opcos"}
    for service in chosen.OUTBOUND.values():
        address = urlsplit(service["base_url"])
        assert address.scheme == "https"
        assert service["hosts"] == [address.hostname]
        assert 0 < service["timeout"] <= 5


@pytest.mark.parametrize(("word", "kind"), [("embedded", EmbeddedRegistry), ("http", HttpRegistry)])
def test_the_setting_chooses(settings: Any, word: str, kind: type) -> None:
    settings.REGISTRY = word
    assert isinstance(registry(), kind)
