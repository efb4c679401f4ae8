"""One warm child for the tests that judge invoices."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openopco.billing.einvoice.examining import Examined, Examiner
from tests.billing import factories as f


@pytest.fixture(scope="session")
def examiner() -> Iterator[Examiner]:
    with Examiner(f.TODAY) as child:
        yield child


@pytest.fixture
def judged(examiner: Examiner, tmp_path: Path) -> Callable[[bytes], Examined]:
    def examine(content: bytes) -> Examined:
        path = tmp_path / "facture"
        path.write_bytes(content)
        return examiner.examine(path)

    return examine
