"""A file of credit transfers, written then validated, beside sepaxml writing the same; each in a process of its own whose
memory is watched.

`python -m tests.bench.transfers --lines 50000 --by house --out result.json` makes one of them."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

DAY = date(2026, 12, 1)
PAYEES = 200
REMITTANCE = "FACTURE F-2026-114 DOSSIER AF-2026-000123 OPCO"


def measure(lines: int) -> dict[str, Any]:
    return {
        "few": _in_a_process(lines // 10, "house"),
        "many": _in_a_process(lines, "house"),
        "sepaxml": _in_a_process(lines, "sepaxml"),
    }


def _in_a_process(lines: int, by: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        out = Path(folder, "result.json")
        command = [sys.executable, "-m", "tests.bench.transfers", "--lines", str(lines), "--by", by]
        subprocess.run([*command, "--out", str(out)], check=True)
        return dict(json.loads(out.read_text()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--by", choices=["house", "sepaxml"], required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    make = {"house": _by_the_house, "sepaxml": _by_sepaxml}[arguments.by]
    ibans = _ibans()
    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        # Once for what the libraries load.
        make(1, ibans, Path(folder, "first.xml"))
        before = _peak()
        found = make(arguments.lines, ibans, Path(folder, "file.xml"))
    found |= {"lines": arguments.lines, "megabytes": (_peak() - before) / 1000}
    Path(arguments.out).write_text(json.dumps(found))


def _ibans() -> list[str]:
    from schwifty import IBAN

    return [
        str(IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=f"{number:011d}"))
        for number in range(PAYEES)
    ]


def _by_the_house(lines: int, ibans: list[str], path: Path) -> dict[str, Any]:
    from openopco.payments import sepa

    def transfers() -> Iterator[sepa.Transfer]:
        for number in range(lines):
            yield sepa.Transfer(
                end_to_end=f"R-2026-{number:06d}",
                amount=Decimal(number + 1).scaleb(-2),
                name=f"Garage Lefèvre & Fils {number}",
                iban=ibans[number % PAYEES],
                remittance=REMITTANCE,
            )

    start = time.perf_counter()
    file = sepa.CreditTransferFile("L-2026-000001", datetime.now(UTC), DAY, "OPCO", ibans[0], "AGRIFRPP")
    with path.open("wb") as out:
        sepa.write(file, transfers(), sepa.totals_of(transfers()), out)
    written = time.perf_counter() - start
    sepa.validate(path)
    return {"written": written, "validated": time.perf_counter() - start - written}


def _by_sepaxml(lines: int, ibans: list[str], path: Path) -> dict[str, Any]:
    """Written alone: its own validation takes minutes at this size."""
    from sepaxml import SepaTransfer

    start = time.perf_counter()
    account = {"name": "OPCO", "IBAN": ibans[0], "BIC": "AGRIFRPP", "batch": True, "currency": "EUR"}
    file = SepaTransfer(account, schema="pain.001.001.09")
    for number in range(lines):
        file.add_payment(
            {
                "name": f"Garage Lefèvre & Fils {number}",
                "IBAN": ibans[number % PAYEES],
                "amount": number + 1,
                "execution_date": DAY,
                "description": REMITTANCE,
                "endtoend_id": f"R-2026-{number:06d}",
            }
        )
    path.write_bytes(file.export(validate=False))
    return {"written": time.perf_counter() - start}


def _peak() -> int:
    """The most memory that this process has held, in kB. Not `getrusage`, which begins at its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
