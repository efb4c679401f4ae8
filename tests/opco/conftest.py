from collections.abc import Iterator

import pytest
from django.core.cache import cache

from openopco.opco import changelog, parameters


@pytest.fixture(autouse=True)
def nothing_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the process keeps between requests must not travel between tests."""
    parameters.forget()
    yield
    parameters.forget()
    changelog.entries.cache_clear()
    changelog.version.cache_clear()


@pytest.fixture
def empty_cache(db: None) -> None:
    cache.clear()
