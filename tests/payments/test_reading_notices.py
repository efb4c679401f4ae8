"""`camt.054`: what left the account and what came back to it, in both versions."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openopco.payments.sepa import Event, Kind, Transfer, read_bank_file, read_camt_054
from openopco.payments.sepa.errors import Malformed, UnknownMessage, WrongCurrency, WrongSums
from tests.payments.answers import BATCH, camt_054, detail_xml, entry_xml, source, summary_xml
from tests.payments.transfers import lists

VERSIONS = pytest.mark.parametrize("version", ["02", "08"])
TEN = Decimal("10.00")


def read(content: str) -> list[Event]:
    return list(read_camt_054(source(content)))


@VERSIONS
def test_transfers_that_left_are_booked_each_on_its_day(version: str) -> None:
    details = [detail_xml("R-1", "10.00", version=version), detail_xml("R-2", "2.50", version=version)]
    events = read(camt_054(entry_xml("12.50", details, version=version), version=version))
    assert [(event.kind, event.end_to_end, event.amount, event.day) for event in events] == [
        (Kind.BOOKED, "R-1", TEN, date(2026, 12, 2)),
        (Kind.BOOKED, "R-2", Decimal("2.50"), date(2026, 12, 2)),
    ]


@VERSIONS
def test_a_transfer_that_came_back_says_why(version: str) -> None:
    detail = detail_xml("R-1", "10.00", back="MD07", version=version)
    [event] = read(camt_054(entry_xml("10.00", [detail], direction="CRDT", version=version), version=version))
    assert (event.kind, event.end_to_end, event.amount, event.reason) == (Kind.RETURNED, "R-1", TEN, "MD07")
    assert event.reason_in_words == "Le titulaire du compte est décédé."
    assert event.note == "rendu"


@pytest.mark.parametrize(
    "more",
    [
        "<RvslInd>true</RvslInd>",
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>",
    ],
)
def test_money_that_the_bank_calls_a_return_is_one_without_a_reason(more: str) -> None:
    [event] = read(camt_054(entry_xml("10.00", [detail_xml("R-1", "10.00")], direction="CRDT", more=more)))
    assert (event.kind, event.reason_in_words) == (Kind.RETURNED, "")


def test_money_that_comes_by_itself_is_received() -> None:
    [event] = read(camt_054(entry_xml("10.00", [detail_xml("THEIRS", "10.00")], direction="CRDT")))
    assert event.kind is Kind.RECEIVED


@VERSIONS
def test_one_debit_for_a_whole_file_names_the_file(version: str) -> None:
    [event] = read(camt_054(entry_xml("99.00", batch=BATCH, count=3, version=version), version=version))
    assert (event.kind, event.batch, event.is_of_a_batch, event.amount) == (Kind.BOOKED, BATCH, True, Decimal("99.00"))


@VERSIONS
@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_an_entry_that_is_not_booked_yet_says_what_the_bank_has(status: str, version: str) -> None:
    detail = detail_xml("R-1", "10.00", version=version)
    [event] = read(camt_054(entry_xml("10.00", [detail], status=status, version=version), version=version))
    assert event == Event(Kind.PENDING, end_to_end="R-1", amount=TEN, origin=event.origin)
    [whole] = read(camt_054(entry_xml("10.00", batch=BATCH, status=status)))
    assert (whole.kind, whole.batch, whole.is_of_a_batch, whole.day) == (Kind.PENDING, BATCH, True, None)


def test_money_that_is_still_to_come_from_others_is_no_event() -> None:
    coming = entry_xml("10.00", [detail_xml("THEIRS", "10.00")], direction="CRDT", status="PDNG")
    assert read(camt_054(coming, entry_xml("10.00", status="PDNG"))) == []


def test_a_single_detail_without_its_amount_has_none_rather_than_a_guess() -> None:
    detail = "<TxDtls><Refs><EndToEndId>R-1</EndToEndId></Refs></TxDtls>"
    [event] = read(camt_054(entry_xml("10.00", [detail])))
    assert event.amount is None


@settings(max_examples=40, deadline=None)
@given(lists(max_size=8), st.booleans(), st.sampled_from(["02", "08"]))
def test_every_transfer_is_one_event_and_the_same_file_gives_the_same_keys(
    transfers: list[Transfer], came_back: bool, version: str
) -> None:
    direction, reason = ("CRDT", "AC04") if came_back else ("DBIT", "")
    details = [detail_xml(one.end_to_end, one.amount, back=reason, version=version) for one in transfers]
    total = sum((one.amount for one in transfers), Decimal(0))
    entry = entry_xml(total, details, direction=direction, version=version, count=len(details))
    content = camt_054(entry, version=version, summary=summary_xml(1, total))
    events = read(content)
    assert [(event.end_to_end, event.amount) for event in events] == [(one.end_to_end, one.amount) for one in transfers]
    assert {event.kind for event in events} == {Kind.RETURNED if came_back else Kind.BOOKED}
    assert [event.key for event in events] == [event.key for event in read(content)]
    assert len({event.key for event in events}) == len(events)
    assert [event.key for event in events] == [event.key for event in read_bank_file(source(content))]


def test_one_debit_told_again_in_another_notice_or_version_is_the_same_fact() -> None:
    keys = {
        event.key
        for version, notice in (("02", "N-1"), ("08", "N-2"))
        for event in read(
            camt_054(
                entry_xml("10.00", [detail_xml("R-1", "10.00", version=version)], version=version),
                version=version,
                notice=notice,
            )
        )
    }
    assert len(keys) == 1


def test_a_booking_and_its_return_are_two_facts() -> None:
    booked = entry_xml("10.00", [detail_xml("R-1", "10.00")])
    back = entry_xml("10.00", [detail_xml("R-1", "10.00", back="AC04")], direction="CRDT")
    assert len({event.key for event in read(camt_054(booked, back))}) == 2


def test_two_sums_without_a_reference_are_two_facts() -> None:
    entries = [entry_xml("10.00", [detail_xml("NOTPROVIDED", "10.00")], direction="CRDT") for _ in range(2)]
    first, second = read(camt_054(*entries))
    assert (first.end_to_end, second.end_to_end) == ("", "")
    assert first.key != second.key


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (camt_054(entry_xml("10.01", [detail_xml("R-1", "10.00")])), WrongSums),
        (camt_054(entry_xml("10.00", [detail_xml("R-1", "10.00")], count=2)), WrongSums),
        (camt_054(entry_xml("10.00"), summary=summary_xml(2, "10.00")), WrongSums),
        (camt_054(entry_xml("10.00"), summary=summary_xml(1, "10.01")), WrongSums),
        (camt_054(entry_xml("10.00", currency="CHF")), WrongCurrency),
        (camt_054(entry_xml("10.00", [detail_xml("R-1", "10.00", currency="GBP")])), WrongCurrency),
        (camt_054(entry_xml("10.00", status="WHAT")), Malformed),
        (camt_054(entry_xml("10.00", direction="BOTH")), Malformed),
        (camt_054(entry_xml("")), Malformed),
        (camt_054(entry_xml("10.00").replace("2026-12-02</Dt>", "2026-13-02</Dt>")), Malformed),
        (camt_054().replace("Ntfctn>", "Other>"), Malformed),
        (camt_054(entry_xml("10.00"), version="01"), UnknownMessage),
    ],
)
def test_a_lying_or_foreign_notice_is_refused_in_a_sentence(content: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as told:
        read(content)
    assert str(told.value).endswith(".")


def test_details_that_go_both_ways_are_summed_by_their_direction() -> None:
    details = [detail_xml("R-1", "10.00", direction="DBIT"), detail_xml("R-2", "4.00", back="AC04", direction="CRDT")]
    assert [event.kind for event in read(camt_054(entry_xml("6.00", details)))] == [Kind.BOOKED, Kind.RETURNED]
