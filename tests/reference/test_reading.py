"""A file somebody brings is read whole, or refused with the lines at fault; nothing of it is kept halfway."""

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openopco.reference.enums import Dataset
from openopco.reference.errors import BadFile
from openopco.reference.reading import MOST_BYTES, read_rows
from openopco.reference.shapes import pack, unpack
from tests.reference.factories import HEADERS, ROWS

IDCC_HEAD = HEADERS[Dataset.IDCC]


def text_of(dataset: Dataset, *lines: str) -> bytes:
    return "\n".join([HEADERS[dataset], *(lines or ROWS[dataset])]).encode()


def refusal(data: bytes, dataset: Dataset = Dataset.IDCC) -> BadFile:
    with pytest.raises(BadFile) as caught:
        read_rows(dataset, data)
    return caught.value


@pytest.mark.parametrize("dataset", Dataset)
def test_the_same_rows_come_from_csv_gzip_and_json(dataset: Dataset) -> None:
    plain = text_of(dataset)
    rows = read_rows(dataset, plain)
    assert len(rows) == len(ROWS[dataset])
    assert read_rows(dataset, gzip.compress(plain)) == rows
    assert read_rows(dataset, b"\xef\xbb\xbf" + plain) == rows
    assert read_rows(dataset, json.dumps(rows).encode()) == rows


def test_columns_may_come_in_any_order_and_cells_are_tidied() -> None:
    rows = read_rows(Dataset.IDCC, b"active;code;label\r\n1;0016; Transports  routiers \r\n")
    assert rows == [{"code": "0016", "label": "Transports routiers", "active": "1"}]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("16;Transports;", "Ligne 2 : le code « 16 » n'a pas quatre chiffres"),
        ("0016;;", "Ligne 2 : le libellé manque"),
        (f"0016;{'a' * 301};", "Ligne 2 : le libellé manque ou dépasse 300 caractères"),
        ("0016;Transports;oui", "Ligne 2 : « en vigueur » se dit 1, 0 ou rien"),
        ("0016;Transports", "Ligne 2 : 2 colonnes au lieu de 3"),
        ("0016;Transports;\n0016;Encore;", "Ligne 3 : « 0016 » est déjà dit (ligne 2)"),
    ],
)
def test_a_fault_is_told_with_its_line(line: str, words: str) -> None:
    fault = refusal(f"{IDCC_HEAD}\n{line}\n".encode())
    assert fault.message == "Le fichier a 1 erreur : rien n'est gardé."
    assert fault.lines[0].startswith(words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("6815;Illzach;68;metro;;68110", "code Insee"),
        ("68154;Illzach;Haut-Rhin;metro;;68110", "département"),
        ("68154;Illzach;68;lune;;68110", "zone"),
        ("68154;Illzach;68;metro;x;68110", "arrondissement"),
        ("68154;Illzach;68;metro;;68110|681", "code postal « 681 »"),
    ],
)
def test_faults_of_a_commune(line: str, words: str) -> None:
    assert words in refusal(text_of(Dataset.COMMUNES, line), Dataset.COMMUNES).lines[0]


@pytest.mark.parametrize(("line", "words"), [("naf;7120A;x", "nomenclature"), ("naf-rev2;71.20A;x", "sans point")])
def test_faults_of_a_naf_code(line: str, words: str) -> None:
    assert words in refusal(text_of(Dataset.NAF, line), Dataset.NAF).lines[0]


def test_the_first_twenty_faults_are_told_and_the_others_counted() -> None:
    fault = refusal(text_of(Dataset.IDCC, *(f"{n};x;" for n in range(25))))
    assert fault.message == "Le fichier a 25 erreurs : rien n'est gardé."
    assert (len(fault.lines), fault.more) == (20, 5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (b"  \n", "vide"),
        (IDCC_HEAD.encode(), "aucune ligne"),
        (b"[]", "aucune ligne"),
        (b"code,label,active\n0016,x,\n", "nommer les colonnes : code;label;active"),
        ("code;label;active\n0016;Métallurgie;".encode("cp1252"), "CSV UTF-8"),
        (b"\x1f\x8bnope", "abîmé"),
        (b"[{]", "JSON ne se lit pas"),
        (b"[" * 100_000, "JSON ne se lit pas"),
        (b'{"code": "0016"}', "liste d'objets"),
        (IDCC_HEAD.encode() + b"\n0016;" + b"x" * 200_000, "ne se lit pas, ligne"),
        (gzip.compress(b" " * (MOST_BYTES + 1)), "20 Mo"),
    ],
)
def test_what_is_no_edition_is_said_in_a_sentence(data: bytes, words: str) -> None:
    assert words in refusal(data).message


@pytest.mark.parametrize(
    ("entry", "words"),
    [(["0016"], "les champs attendus"), ({"code": "0016", "label": "x", "active": True}, "entre guillemets")],
)
def test_an_entry_of_json_at_fault_is_told_by_its_number(entry: object, words: str) -> None:
    fault = refusal(json.dumps([{"code": "0029", "label": "x", "active": ""}, entry]).encode())
    assert fault.lines[0].startswith("Entrée 2")
    assert words in fault.lines[0]


@given(data=st.binary(max_size=200), head=st.sampled_from([b"", IDCC_HEAD.encode() + b"\n", b"[", b"\x1f\x8b"]))
def test_no_bytes_make_it_stumble(data: bytes, head: bytes) -> None:
    with suppress(BadFile):
        rows = read_rows(Dataset.IDCC, head + data)
        assert unpack(pack(Dataset.IDCC, rows)) == sorted(rows, key=lambda row: row["code"])
