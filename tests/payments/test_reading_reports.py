"""`pain.002`: what the bank made of our file, whole or line by line, in both versions."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openopco.payments.sepa import Event, Kind, Transfer, read_bank_file, read_pain_002
from openopco.payments.sepa.errors import Malformed, UnknownMessage, WrongCurrency, WrongSums
from tests.payments.answers import BATCH, counts_xml, line_xml, pain_002, source
from tests.payments.transfers import a_transfer, lists

VERSIONS = pytest.mark.parametrize("message", ["pain.002.001.03", "pain.002.001.10"])


def read(content: str) -> list[Event]:
    return list(read_pain_002(source(content)))


@VERSIONS
def test_a_file_accepted_whole_is_one_event(message: str) -> None:
    assert read(pain_002(group="ACCP", message=message)) == [Event(Kind.ACCEPTED, BATCH)]


@VERSIONS
def test_a_file_refused_whole_says_why_in_french(message: str) -> None:
    [event] = read(pain_002(group="RJCT", reason="DU01", message=message))
    assert (event.kind, event.batch, event.is_of_a_batch) == (Kind.REJECTED, BATCH, True)
    assert event.reason_in_words == "La banque a déjà reçu un fichier de cette référence."


@VERSIONS
def test_each_line_says_what_became_of_its_transfer(message: str) -> None:
    good, bad = a_transfer(), a_transfer(end_to_end="R-2026-000002", amount=Decimal("0.05"))
    content = pain_002(line_xml(good, "ACSC"), line_xml(bad, "RJCT", "AC04", note="account closed"), message=message)
    accepted, rejected = read(content)
    assert (accepted.kind, accepted.end_to_end, accepted.amount) == (Kind.ACCEPTED, "R-2026-000001", Decimal("1250.50"))
    assert (rejected.kind, rejected.end_to_end, rejected.amount) == (Kind.REJECTED, "R-2026-000002", Decimal("0.05"))
    assert (rejected.reason, rejected.note) == ("AC04", "account closed")
    assert rejected.reason_in_words == "Le compte du bénéficiaire est clôturé."
    assert not rejected.is_of_a_batch


def test_what_is_said_of_the_payment_is_said_of_the_file() -> None:
    assert [event.kind for event in read(pain_002(payment="RJCT"))] == [Kind.REJECTED]
    assert len(read(pain_002(group="RJCT", payment="RJCT"))) == 1


def test_a_line_without_its_own_status_has_that_of_the_payment() -> None:
    events = read(pain_002(line_xml(a_transfer(), ""), payment="RJCT"))
    assert {(event.kind, event.end_to_end) for event in events} == {
        (Kind.REJECTED, ""),
        (Kind.REJECTED, "R-2026-000001"),
    }


@pytest.mark.parametrize("status", ["PDNG", "RCVD", "PATC", "ACWP"])
def test_what_promises_nothing_says_that_the_bank_has_the_file(status: str) -> None:
    whole, line = read(pain_002(line_xml(a_transfer(), status), group=status))
    assert (whole.kind, whole.batch, whole.is_of_a_batch) == (Kind.PENDING, BATCH, True)
    assert (line.kind, line.batch, line.end_to_end) == (Kind.PENDING, BATCH, "R-2026-000001")


@pytest.mark.parametrize("group", ["PART", ""])
def test_a_file_that_its_lines_speak_for_is_no_event_of_its_own(group: str) -> None:
    for status, kind in (("PDNG", Kind.PENDING), ("RJCT", Kind.REJECTED)):
        [event] = read(pain_002(line_xml(a_transfer(), status), group=group))
        assert (event.kind, event.end_to_end) == (kind, "R-2026-000001")


@pytest.mark.parametrize("group", ["PART", ""])
@pytest.mark.parametrize("lines", [[], [line_xml(a_transfer(), "PDNG").replace("R-2026-000001", "NOTPROVIDED")]])
def test_a_file_that_nothing_is_said_of_was_received(group: str, lines: list[str]) -> None:
    assert read(pain_002(*lines, group=group)) == [Event(Kind.PENDING, BATCH)]


def test_an_unknown_reason_is_told_by_its_code() -> None:
    [event] = read(pain_002(line_xml(a_transfer(), "RJCT", "ZZ99")))
    assert event.reason_in_words == "La banque a donné le motif ZZ99."


def test_an_unknown_reference_is_carried_for_the_ledger_to_refuse() -> None:
    [event] = read(pain_002(line_xml(a_transfer(end_to_end="NOT OURS"), "ACSC")))
    assert event.end_to_end == "NOT OURS"


@settings(max_examples=40, deadline=None)
@given(lists(max_size=8), st.data())
def test_every_line_is_one_event_with_its_amount_and_the_same_file_gives_the_same_keys(
    transfers: list[Transfer], data: st.DataObject
) -> None:
    statuses = data.draw(st.lists(st.sampled_from(["ACCP", "RJCT"]), min_size=len(transfers), max_size=len(transfers)))
    pairs = list(zip(transfers, statuses, strict=True))
    content = pain_002(*(line_xml(transfer, status, "AC01" if status == "RJCT" else "") for transfer, status in pairs))
    events = read(content)
    assert [(event.end_to_end, event.amount) for event in events] == [(one.end_to_end, one.amount) for one in transfers]
    assert [event.kind is Kind.REJECTED for event in events] == [status == "RJCT" for status in statuses]
    assert [event.key for event in events] == [event.key for event in read(content)]
    assert len({event.key for event in events}) == len(events)
    assert [event.key for event in events] == [event.key for event in read_bank_file(source(content))]


def test_the_same_fact_told_in_another_version_has_the_same_key() -> None:
    line = line_xml(a_transfer(), "RJCT", "AC04")
    [old], [new] = (read(pain_002(line, message=each)) for each in ("pain.002.001.03", "pain.002.001.10"))
    assert old.key == new.key


def test_announced_counts_and_sums_are_those_of_the_lines() -> None:
    lines = [line_xml(a_transfer(), "RJCT", "AC01")]
    assert read(pain_002(*lines, counts=counts_xml("RJCT", 1, "1250.50") + counts_xml("ACSC", 7, "12.00")))
    for counts in (counts_xml("RJCT", 2, "1250.50"), counts_xml("RJCT", 1, "1250.51")):
        with pytest.raises(WrongSums):
            read(pain_002(*lines, counts=counts))
    with pytest.raises(WrongSums):
        read(pain_002(*lines, counts="").replace("<GrpSts>", "<OrgnlNbOfTxs>0</OrgnlNbOfTxs><GrpSts>"))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (pain_002(line_xml(a_transfer(), "ACSC", currency="USD")), WrongCurrency),
        (pain_002(line_xml(a_transfer(), "WHAT")), Malformed),
        (pain_002(group="WHAT"), Malformed),
        (pain_002(group="ACCP", batch=""), Malformed),
        (pain_002(group="ACCP", of="pain.008.001.02"), UnknownMessage),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("R-2026-000001", "NOTPROVIDED")), Malformed),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("R-2026-000001", "R" * 36)), Malformed),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("1250.50", "1250.505")), Malformed),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("1250.50", "1e9")), Malformed),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("1250.50", "-1")), Malformed),
        (pain_002(line_xml(a_transfer(), "RJCT").replace("1250.50", "1.2.3")), Malformed),
        (pain_002(group="ACCP", counts=counts_xml("ACCP", 1, "x")), Malformed),
        (pain_002(group="ACCP").replace("OrgnlGrpInfAndSts", "Other"), Malformed),
        (pain_002(group="ACCP", message="pain.002.001.99"), UnknownMessage),
    ],
)
def test_a_lying_or_foreign_report_is_refused_in_a_sentence(content: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as told:
        read(content)
    assert str(told.value).endswith(".")


def test_zeros_after_the_cents_are_no_fraction() -> None:
    [event] = read(pain_002(line_xml(a_transfer(), "RJCT").replace("1250.50", "1250.500")))
    assert event.amount == Decimal("1250.50")
