"""What an edition changes: the laws of the difference, and what vanishes with it."""

from hypothesis import given
from hypothesis import strategies as st

from openopco.reference.comparing import difference, summary, vanished
from openopco.reference.enums import Dataset
from openopco.reference.shapes import Key, Row

CODES = st.sampled_from([f"{n:04d}" for n in range(12)])
LABELS = st.sampled_from(["Transports", "Services de l'automobile", "Métallurgie"])
EDITIONS = st.dictionaries(CODES, LABELS).map(
    lambda found: [{"code": code, "label": label, "active": ""} for code, label in found.items()]
)


def by_key(rows: list[Row]) -> dict[Key, Row]:
    return {(row["code"],): row for row in rows}


@given(before=EDITIONS, after=EDITIONS)
def test_what_was_before_with_the_difference_is_what_is_after(before: list[Row], after: list[Row]) -> None:
    found = difference(Dataset.IDCC, before, after)
    made = {key: row for key, row in by_key(before).items() if key not in found.removed}
    made |= found.added | {key: pair[1] for key, pair in found.changed.items()}
    assert made == by_key(after)


@given(before=EDITIONS, after=EDITIONS)
def test_the_way_back_is_the_way_there_turned_round(before: list[Row], after: list[Row]) -> None:
    there, back = difference(Dataset.IDCC, before, after), difference(Dataset.IDCC, after, before)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert there.changed == {key: (new, old) for key, (old, new) in back.changed.items()}


@given(rows=EDITIONS, data=st.data())
def test_the_same_rows_in_another_order_change_nothing(rows: list[Row], data: st.DataObject) -> None:
    found = difference(Dataset.IDCC, rows, data.draw(st.permutations(rows)))
    assert (found.added, found.removed, found.changed) == ({}, {}, {})


def test_the_summary_counts_all_and_shows_the_first_fifty() -> None:
    rows = [{"code": f"{n:04d}", "label": "x", "active": ""} for n in range(60)]
    told = summary(difference(Dataset.IDCC, rows[:1], rows[1:]))
    assert (told["before"], told["added"], told["removed"], told["changed"]) == (1, 59, 1, 0)
    assert (len(told["first_added"]), told["first_removed"]) == (50, rows[:1])


def test_a_postal_code_vanishes_once_no_commune_has_it() -> None:
    def place(insee: str, codes: str) -> Row:
        return {"insee": insee, "postal_codes": codes}

    before = [place("68154", "68110"), place("68224", "68100|68200")]
    after = [place("68224", "68100|68110")]
    assert vanished(Dataset.COMMUNES, before, after) == {"insee": ["68154"], "postal_codes": ["68200"]}


def test_a_naf_code_that_moves_to_the_other_nomenclature_is_still_known() -> None:
    before, after = [{"nomenclature": "naf-rev2", "code": "7120A"}], [{"nomenclature": "naf-2025", "code": "7120A"}]
    assert vanished(Dataset.NAF, before, after) == {"naf": []}
