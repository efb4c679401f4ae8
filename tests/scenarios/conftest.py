"""The portal as it stands on the day the journeys are made: a real server, the seed's employer, two officers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from openopco.opco import parameters
from tests.browser import WIDE, listen_for_complaints, page
from tests.scenarios.world import World

__all__ = ["page"]

Opener = Callable[..., Page]


@pytest.fixture
def site(live_server: Any, settings: Any, tmp_path: Path) -> str:
    """The portal's address. Files go to a folder of the test's own, mail to rows."""
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.EMAIL_BACKEND = "openopco.mail.backend.OutboxBackend"
    settings.CLAMD_ADDRESS = ""
    settings.DEMO = True
    settings.PUBLIC_URL = str(live_server.url)
    # With the demonstration's mailbox, to read the letters.
    settings.ROOT_URLCONF = "tests.demo.mailbox_urls"
    parameters.forget()
    return str(live_server.url)


@pytest.fixture
def world(site: str) -> World:
    """Who is there as the journey begins, and the few communes that it crosses."""
    return World.made(site)


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Opener]:
    """Somebody else's browser, its cookies apart; options are those of Playwright's contexts. None may complain."""
    contexts, complaints = [], []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "locale": "fr-FR", **options})
        contexts.append(context)
        fresh = context.new_page()
        complaints.append(listen_for_complaints(fresh))
        return fresh

    yield opened
    for context in contexts:
        context.close()
    assert [line for lines in complaints for line in lines] == []
