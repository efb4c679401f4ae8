"""Papers whose links break are papers nobody keeps."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
# A picture may have a caption after its address.
LINK = re.compile(r'\[[^\]]*\]\((?!https?:)([^)# ]*)(?:#([^)]*))?(?: "[^"]*")?\)')
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def _anchor(heading: str) -> str:
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.strip().replace(" ", "-")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_between_papers_lead_somewhere(paper: Path) -> None:
    for target, anchor in LINK.findall(paper.read_text(encoding="utf-8")):
        aimed = (paper.parent / target).resolve() if target else paper
        assert aimed.exists(), target
        if anchor:
            assert anchor in map(_anchor, HEADING.findall(aimed.read_text(encoding="utf-8"))), anchor


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.stem)
def test_a_decision_says_what_why_and_what_else_in_half_a_page(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert re.match(rf"# {decision.name[:4]}\. .+\n", text)
    assert "## Décision" in text
    assert "## Pourquoi" in text
    assert re.search(r"## Ce qui a été (?:envisagé|essayé)", text)
    assert len(text.split()) < 500


def test_decisions_are_numbered_without_holes() -> None:
    assert [decision.name[:4] for decision in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_the_licence_is_the_one_that_the_project_declares() -> None:
    assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text()
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENSE").read_text()
