from datetime import UTC, datetime
from pathlib import Path

import pytest

from openopco.reference.loading import load_all
from tests.reference.factories import write_folder

NOW = datetime(2027, 1, 12, 8, tzinfo=UTC)


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> Path:
    """A small folder of nomenclatures, loaded."""
    load_all(now=NOW, folder=write_folder(tmp_path))
    return tmp_path
