"""The oldest landed database brought up to date, in a process and a database of its own; says what it found, as JSON."""

import io
import json
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from openopco.dossiers import kinds  # noqa: E402
from openopco.dossiers.models import Decision, Dossier, Receipt, Transmission  # noqa: E402
from openopco.dossiers.queries import load_draft  # noqa: E402
from openopco.kernel.calendar import paris_today  # noqa: E402
from openopco.trainees.models import NirSecret  # noqa: E402
from openopco.trainees.vault import mask  # noqa: E402
from openopco.training.models import Enrolment, TrainingAction  # noqa: E402
from tests.upgrade import dump  # noqa: E402


def main() -> None:
    old = dump.read()
    dump.restore(old)
    call_command("migrate", verbosity=0, interactive=False)
    json.dump(look(old), sys.stdout)


def look(old: dict[str, Any]) -> dict[str, Any]:
    verdict = io.StringIO()
    call_command("verify_journal", stdout=verdict)
    return {
        "rows_before": {name: len(table["rows"]) for name, table in old["tables"].items()},
        "rows_after": {name: _count(name) for name in old["tables"] if name in connection.introspection.table_names()},
        "journal": verdict.getvalue(),
        "sections": sum(len(kinds.get(one.kind).summary(_draft(one))) for one in _dossiers()),
        "masks": sorted(mask(secret) for secret in NirSecret.objects.all()),
        "sent": Dossier.objects.exclude(number=None).count(),
        "whole": [model.objects.count() for model in (Transmission, Receipt, TrainingAction)],
        "people": Enrolment.objects.count(),
        "decisions": Decision.objects.count(),
        "granted": str(sum(one.amount_granted for one in Dossier.objects.exclude(amount_granted=None))),
    }


def _dossiers() -> Any:
    return Dossier.objects.select_related("establishment__company", "provider").order_by("id")


def _draft(dossier: Dossier) -> Any:
    return load_draft(dossier, today=paris_today(timezone.now()))


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
