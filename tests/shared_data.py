"""Real data that may not enter the repository: tests compare with them where they are, and say so where they aren't."""

import csv
import gzip
import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("OPENOPCO_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
# The table at the end of `make test` knows these skips by their first words: the only ones a full run forgives.
ABSENT = "../shared data absent"


def shared_file(name: str) -> Path:
    """The path of a file of the shared data; skips the test where it is absent."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{ABSENT}: {name}")
    return path


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a shared CSV (`;`, UTF-8, perhaps gzipped); skips the test where it is absent."""
    raw = shared_file(name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))
