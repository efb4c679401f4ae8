"""« Nouveautés ! » and the version, from the files that say them once."""

import re
import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.opco import changelog
from openopco.opco.changelog import Reader, news_of, parse

SAMPLE = """# Journal des changements

Un mot d'introduction.

## [Non publié]

### Pour les employeurs

- Pas encore visible.

## [1.1.0] - 2027-02-03

### Pour les employeurs

- **Reprendre** une demande refusée, comme le dit
  [le guide](docs/guide/).
* Une autre ligne avec `du code`.
Une suite sans retrait.

### Pour les gestionnaires
- Une liste plus rapide.

## [1.0.0] - 2026-11-23

### Pour l'exploitation

- Deux commandes.
"""


def test_versions_come_in_the_order_of_the_file_with_their_day() -> None:
    assert [(entry.version, entry.released_on) for entry in parse(SAMPLE)] == [
        ("Non publié", None),
        ("1.1.0", date(2027, 2, 3)),
        ("1.0.0", date(2026, 11, 23)),
    ]


def test_a_line_is_plain_text_on_one_line() -> None:
    assert parse(SAMPLE)[1].lines["Pour les employeurs"] == (
        "Reprendre une demande refusée, comme le dit le guide.",
        "Une autre ligne avec du code. Une suite sans retrait.",
    )


def test_each_reader_gets_what_is_for_him_and_nothing_unpublished() -> None:
    entries = parse(SAMPLE)
    (employer,) = news_of(entries, Reader.EMPLOYER)
    assert (employer.version, employer.released_on, len(employer.lines)) == ("1.1.0", date(2027, 2, 3), 2)
    assert [news.lines for news in news_of(entries, Reader.OPCO)] == [("Une liste plus rapide.",)]
    assert [news.version for news in news_of(entries, Reader.OPERATOR)] == ["1.0.0"]


LINES = st.sampled_from(
    ["## [1.0.0]", "## [2.0.0] - 2026-02-30", "## [x] - 2026-01-01", "### Titre", "- a", "suite", ""]
)


@given(st.lists(LINES | st.text(max_size=20)))
def test_any_text_is_read_without_failing(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [entry.version for entry in parse(text)] == re.findall(
        r"^## \[([^\]]+)\](?: - [0-9]{4}-[0-9]{2}-[0-9]{2})?[^\S\n]*$", "\n".join(text.splitlines()), re.MULTILINE
    )


def test_a_day_that_does_not_exist_is_no_day() -> None:
    assert parse("## [2.0.0] - 2026-02-30")[0].released_on is None


def test_the_shipped_change_log_tells_employers_and_officers_about_the_current_version() -> None:
    for reader in (Reader.EMPLOYER, Reader.OPCO, Reader.OPERATOR):
        latest = changelog.news(reader)[0]
        assert latest.version == changelog.version()
        assert latest.lines
        assert all(re.fullmatch(r"(?:« )?[A-ZÀ-Ý].+[.]|manage.+|make.+", line) for line in latest.lines)


def test_the_version_is_that_of_the_project_file(settings) -> None:
    written = tomllib.loads((settings.ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert changelog.version() == written
    assert re.fullmatch(r"\d+\.\d+\.\d+", written)


def test_without_the_file_there_is_no_news(settings, tmp_path) -> None:
    changelog.entries.cache_clear()
    settings.ROOT = tmp_path
    assert changelog.news() == ()


def test_files_are_read_once(settings, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = changelog.entries(), changelog.version()
    settings.ROOT = tmp_path
    assert (changelog.entries(), changelog.version()) == first
