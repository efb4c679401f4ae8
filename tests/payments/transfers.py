"""Transfers drawn at random, and files of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from schwifty import IBAN

from openopco.payments.sepa import CreditTransferFile, Transfer, to_sepa

REFERENCES = st.from_regex(r"[A-Z0-9]([A-Za-z0-9\-?:().,'+]| (?! )){0,33}[A-Z0-9]", fullmatch=True)


@cache
def iban(number: int = 1) -> str:
    """A French account, another for each number."""
    return str(IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=f"{number:011d}"))


IBANS = st.integers(1, 50).map(iban)
AMOUNTS = st.integers(1, 99_999_999_999).map(lambda cents: Decimal(cents).scaleb(-2))
NAMES = st.text(min_size=1, max_size=90).map(lambda text: f"Garage {text}")
REMITTANCES = st.text(min_size=1, max_size=100).map(lambda text: to_sepa(f"Facture {text}")[:140].strip())


@st.composite
def transfers(draw: st.DrawFn) -> Transfer:
    return Transfer(
        end_to_end=draw(REFERENCES),
        amount=draw(AMOUNTS),
        name=draw(NAMES),
        iban=draw(IBANS),
        remittance=draw(REMITTANCES),
        bic=draw(st.sampled_from(["", "AGRIFRPP", "AGRIFRPPXXX"])),
    )


def lists(**bounds: int) -> st.SearchStrategy[list[Transfer]]:
    return st.lists(transfers(), unique_by=lambda transfer: transfer.end_to_end, **{"min_size": 1, **bounds})  # type: ignore[arg-type]


def a_transfer(**facts: Any) -> Transfer:
    return Transfer(
        **{
            "end_to_end": "R-2026-000001",
            "amount": Decimal("1250.50"),
            "name": "Garage Lefèvre & Fils",
            "iban": iban(7),
            "remittance": "FACTURE F-114 DOSSIER AF-2026-000123",
            **facts,
        }
    )


def a_file(**facts: Any) -> CreditTransferFile:
    return CreditTransferFile(
        **{
            "message_id": "L-2026-000001",
            "created_at": datetime(2026, 11, 30, 9, 15, tzinfo=UTC),
            "execution_date": date(2026, 12, 1),
            "debtor": "OPCO Mobilités",
            "iban": iban(999),
            "bic": "AGRIFRPP",
            **facts,
        }
    )
