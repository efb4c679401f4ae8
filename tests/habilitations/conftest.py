"""A storage folder of its own, and no antivirus, for the papers that tests join."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path), "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.CLAMD_ADDRESS = ""
