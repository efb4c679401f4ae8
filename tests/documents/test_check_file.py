"""`manage.py check_file` says what the door would do."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from openopco.documents.rules import limits_table

from . import hostile, liars


def run(*args: Any) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_file", *map(str, args), stdout=out, stderr=out)
    except SystemExit as exit_:
        return int(exit_.code or 0), out.getvalue()
    return 0, out.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_good_files_are_said_to_be_accepted(tmp_path: Path) -> None:
    status, out = run(write(tmp_path, "a.pdf", hostile.pdf(pages=2)), write(tmp_path, "IMG 1.HEIC", hostile.heic()))
    assert status == 0
    assert "accepté" in out
    assert "PDF, 2 pages, gardé sous le nom « a.pdf »" in out
    assert "HEIC, gardé sous le nom « IMG 1.jpg »" in out
    assert "aucun sur cette installation" in out


def test_one_bad_file_gives_its_reason_and_the_status_1(tmp_path: Path) -> None:
    status, out = run(write(tmp_path, "a.pdf", hostile.pdf()), write(tmp_path, "b.pdf", hostile.xfa_pdf()))
    assert status == 1
    assert "accepté" in out.splitlines()[0]
    assert "[xfa] : Ce PDF est un formulaire dynamique" in out.splitlines()[1]


def test_a_file_that_is_not_there_gives_the_status_1(tmp_path: Path) -> None:
    status, out = run(tmp_path / "absent.pdf")
    assert status == 1
    assert f"illisible {tmp_path / 'absent.pdf'} : ce fichier n'existe pas." in out


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (b"stream: OK\0", 0, "Antivirus : rien trouvé"),
        (b"stream: Eicar FOUND\0", 1, "[infected]"),
        (b"limit ERROR\0", 0, "contrôle impossible (limit)"),
        (b"nonsense", 1, "illisible"),
    ],
)
def test_the_antivirus_is_asked_where_there_is_one(
    answer: bytes, status: int, words: str, tmp_path: Path, settings: Any
) -> None:
    with liars.server(liars.answering(answer)) as address:
        settings.CLAMD_ADDRESS = address
        assert run(write(tmp_path, "a.pdf", hostile.pdf()))[0] == status
        assert words in run(tmp_path / "a.pdf")[1]


def test_the_limits_are_shown() -> None:
    status, out = run("--limites")
    assert status == 0
    for what, value in limits_table():
        assert f"{what} : {value}" in out


def test_without_a_file_the_command_says_what_it_wants() -> None:
    with pytest.raises(CommandError, match="au moins un fichier"):
        run()
