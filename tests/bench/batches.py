"""A batch of transfers from what is due to the bank's answer, on real rows, in a database and a process of its own whose memory
is watched. Beside it, `tests.bench.transfers` writes the same file from memory.

`python -m tests.bench.batches --lines 50000 --out result.json` makes one of them."""

import argparse
import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

PAYEES = 2_000
# Requests for so many lines, and lines for each payee's invoice.
LINES_PER_DOSSIER = 5
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def measure(lines: int) -> dict[str, Any]:
    return {"few": _in_a_process(lines // 10), "many": _in_a_process(lines)}


def _in_a_process(lines: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        out = Path(folder, "result.json")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "OPENOPCO_VAR": folder,
            "DATABASE_URL": os.environ.get("BATCH_DATABASE_URL", f"sqlite:///{folder}/batches.sqlite3"),
        }
        command = [sys.executable, "-m", "tests.bench.batches", "--lines", str(lines), "--out", str(out)]
        subprocess.run(command, check=True, env=environment)
        return dict(json.loads(out.read_text()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    first, second = _people()
    _build(arguments.lines, first, second)
    found = _measured(first, second)
    Path(arguments.out).write_text(json.dumps({"lines": arguments.lines, **found}))


def _measured(first: Any, second: Any) -> dict[str, Any]:
    from openopco.payments.actions import prepare_batch, read_bank_file, release_batch
    from openopco.payments.files import write_file
    from openopco.payments.reconciling import broken

    found: dict[str, Any] = {}
    _forget()
    before = _held("VmRSS")
    with _timed(found, "prepared"):
        batch = prepare_batch(actor=first, fund="pdc", execution_date=_day()).batch
    with _timed(found, "released"):
        release_batch(actor=second, batch_id=batch.pk)
    with _timed(found, "written"):
        write_file(batch.pk, lambda: None)
    found["megabytes"] = (_held("VmHWM") - before) / 1000
    answer = _answer(batch)
    with _timed(found, "read"):
        file = read_bank_file(actor=first, content=io.BytesIO(answer), name="retour.xml")
    with _timed(found, "reconciled"):
        assert broken() == []
    assert file.applied == batch.count
    return found | {"orders": batch.count}


@contextmanager
def _timed(found: dict[str, Any], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    found[name] = time.perf_counter() - start


def _day() -> date:
    from django.utils import timezone

    from openopco.kernel.calendar import add_working_days, paris_today

    return add_working_days(paris_today(timezone.now()), 1)


def _people() -> tuple[Any, Any]:
    from openopco.rights import Actor, Grant, Role
    from tests.accounts.factories import OpcoUserFactory

    people = [OpcoUserFactory.create() for _ in range(2)]
    first, second = (Actor(each.pk, str(each), (Grant(Role.COMPTABLE),)) for each in people)
    return first, second


def _build(lines: int, first: Any, second: Any) -> None:
    """So many dues, each with its invoice, to `PAYEES` providers or a tenth as many as there are lines."""
    from openopco.billing.models import Claim, Due, Invoice
    from openopco.dossiers.models import Dossier
    from openopco.funding.models import Commitment, Envelope
    from openopco.organisations.models import BankAccount, Establishment, Provider
    from tests.dossiers.factories import DossierFactory
    from tests.organisations.factories import BankAccountFactory, EstablishmentFactory, ProviderFactory
    from tests.payments.builders import debtor

    debtor(first, second)
    place: Establishment = EstablishmentFactory.create()
    payees = range(min(PAYEES, lines // 10))
    providers = Provider.objects.bulk_create(ProviderFactory.build(search="", sort_key=f"{n:06d}") for n in payees)
    BankAccount.objects.bulk_create(
        BankAccountFactory.build(
            key=uuid.uuid4(),
            establishment=None,
            provider=provider,
            holder=provider.name,
            state="confirmed",
            proposed_by_id=first.user_id,
            proposed_by=None,
            decided_by_id=second.user_id,
            decided_at=AT,
            words="Un banc d'essai.",
            usable_on=AT.date(),
        )
        for provider in providers
    )
    model = DossierFactory.create(establishment=place)
    dossiers = Dossier.objects.bulk_create(
        [_copy(model, key=uuid.uuid4(), number=f"AF-2026-8{n:05d}") for n in range(lines // LINES_PER_DOSSIER)],
        batch_size=500,
    )
    envelope = Envelope.objects.create(
        year=2026, fund="pdc", mode="suivie", amount=Decimal(lines * 100), engaged=Decimal(lines * 100), created_at=AT
    )
    commitments = Commitment.objects.bulk_create(
        (
            Commitment(
                dossier=dossiers[n // LINES_PER_DOSSIER],
                company=place.company,
                year=2026,
                base="pedagogique",
                fund="pdc",
                rule_code=f"r{n % LINES_PER_DOSSIER}",
                payee="organisme",
                budget="",
                label="Coût pédagogique",
                sentence="Un banc d'essai.",
                source="Un banc d'essai.",
                envelope=envelope,
                rank=1,
                amount=Decimal(100),
                invoiced=Decimal(100),
                created_at=AT,
            )
            for n in range(lines)
        ),
        batch_size=500,
    )
    invoices = Invoice.objects.bulk_create(
        (
            Invoice(
                dossier=commitments[n].dossier,
                provider=providers[n % len(providers)],
                origin="saisie",
                siren=f"{n % len(providers):09d}",
                number=f"F-2026-{n:06d}",
                identity=f"F-2026-{n:06d}",
                issued_on=AT.date(),
                net=Decimal(100),
                vat=Decimal(0),
                content={},
                digest="0" * 64,
                created_by_id=first.user_id,
                created_by_label="Un banc d'essai",
                created_at=AT,
            )
            for n in range(lines)
        ),
        batch_size=500,
    )
    claims = Claim.objects.bulk_create(
        (
            Claim(
                dossier=commitments[n].dossier,
                establishment=place,
                payee="organisme",
                provider=providers[n % len(providers)],
                state="validee",
                invoice=invoices[n],
                net=Decimal(100),
                accepted=Decimal(100),
                opened_by_id=first.user_id,
                created_at=AT,
                updated_at=AT,
                sent_by_id=first.user_id,
                sent_at=AT,
                due_on=AT.date(),
            )
            for n in range(lines)
        ),
        batch_size=500,
    )
    Due.objects.bulk_create(
        (
            Due(
                claim=claims[n],
                commitment=commitments[n],
                fund="pdc",
                provider=providers[n % len(providers)],
                amount=Decimal(100),
                created_at=AT + timedelta(seconds=n),
            )
            for n in range(lines)
        ),
        batch_size=500,
    )


def _copy(model: Any, **changes: Any) -> Any:
    values = {
        each.attname: getattr(model, each.attname) for each in model._meta.concrete_fields if not each.primary_key
    }
    return type(model)(**{**values, **changes})


def _answer(batch: Any) -> bytes:
    from openopco.payments.models import PaymentOrder
    from tests.payments.builders import booked

    return booked(*PaymentOrder.objects.filter(batch=batch).order_by("pk")).encode()


def _held(what: str) -> int:
    """Memory of this process, in kB: what it holds now (`VmRSS`), or the most since `_forget`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def _forget() -> None:
    """What the building of rows took is no affair of the batch."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    main()
