"""Long works: a batch beside the same act done one by one through the door, and exports of two sizes, each in a process of
its own whose memory is watched.

`python -m tests.bench.works --rows 100000 --out result.json` makes one export of that many of the first requests."""

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

LARGEST = 100_000
SINGLES = 20


def measure(officer: str, password: str, rows: int, batch: int) -> dict[str, Any]:
    """The batch, then the exports: a tenth of the requests, and all of them up to `LARGEST`."""
    large = min(rows, LARGEST)
    return {
        "batch": _batch(officer, password, batch),
        "exports": [_in_a_process(count, format) for format in ("csv", "xlsx") for count in (large // 10, large)],
    }


# --- the batch -------------------------------------------------------------------------------------------------------


def _batch(email: str, password: str, count: int) -> dict[str, Any]:
    """Requests that wait, given to an officer: some one by one through the door, then `count` at once."""
    from config.wsgi import application
    from openopco.accounts.models import User
    from openopco.base.jobs import run_pending_jobs
    from openopco.base.models import Work
    from openopco.dossiers.actions.batches import ask_batch
    from openopco.dossiers.batching import Act, Plan
    from openopco.dossiers.models import Dossier
    from openopco.dossiers.queries.batches import Scope
    from openopco.habilitations.queries import actor_for
    from tests.bench.wsgi import Browser

    olga = User.objects.get(email=email)
    free = list(Dossier.objects.filter(state="transmise").exclude(created_by=olga).order_by("id")[: count + SINGLES])
    browser = Browser(application)
    browser.sign_in(email, password)
    singles = [_timed(lambda one=one: _assign(browser, one, olga.pk)) for one in free[:SINGLES]]
    rows = Scope(free[SINGLES:], ()).rows
    asked = _timed(
        lambda: ask_batch(actor=actor_for(olga), plan=Plan(Act.CONFIER, to=olga.pk), rows=rows, key=uuid.uuid4())
    )
    took = _timed(lambda: run_pending_jobs(names=["works.run"]))
    work = Work.objects.latest("id")
    if work.done != len(rows):
        raise RuntimeError(f"{work.done} of {len(rows)}, {work.left_out} left out: {work.stopped_by}")
    return {"rows": len(rows), "asked": asked, "per_row": took / len(rows), "single": sum(singles) / SINGLES}


def _assign(browser: Any, dossier: Any, to: int) -> None:
    url = f"/gestion/dossiers/{dossier.number}/confier/"
    answer = browser.post(url, {"a": str(to), "version": str(dossier.version)})
    if answer.status != 302:
        raise RuntimeError(f"{url}: {answer.status}")


def _timed(act: Any) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


# --- the exports -----------------------------------------------------------------------------------------------------


def _in_a_process(rows: int, format: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        out = Path(folder, "result.json")
        command = [sys.executable, "-m", "tests.bench.works", "--rows", str(rows), "--format", format]
        subprocess.run([*command, "--out", str(out)], check=True)
        return dict(json.loads(out.read_text()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--format", default="csv")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    import django

    django.setup()
    Path(arguments.out).write_text(json.dumps(_export(arguments.rows, arguments.format)))


def _export(rows: int, format: str) -> dict[str, Any]:
    """Memory is counted from what a small export of the same kind had taken."""
    from openopco.accounts.models import User
    from openopco.dossiers.models import Dossier
    from openopco.exports import lists
    from openopco.habilitations.queries import actor_for
    from tests.bench.build import OFFICER

    actor = actor_for(User.objects.get(email=OFFICER))
    # Drafts have no number and are in no list: at the end there are a few less than asked.
    numbered = Dossier.objects.exclude(number=None).order_by("pk").values_list("pk", flat=True)
    last = list(numbered[:rows])[-1]
    listed = lists.LISTS["dossiers"]
    bounded = dataclasses.replace(listed, rows=lambda who, asked: listed.rows(who, asked).filter(pk__lte=last))
    _write(dataclasses.replace(listed, rows=lambda who, asked: listed.rows(who, asked).filter(pk__lt=0)), actor, format)
    before = _peak()
    start = time.perf_counter()
    written = _write(bounded, actor, format)
    return {
        "format": format,
        "rows": written,
        "seconds": time.perf_counter() - start,
        "megabytes": (_peak() - before) / 1000,
    }


def _write(listed: Any, actor: Any, format: str) -> int:
    from openopco.base import sheets
    from openopco.dossiers.queries import ALL, Filters
    from openopco.exports import lists

    written = 0

    def rows() -> Any:
        nonlocal written
        for page in lists.pages_of(listed, asked, lambda: actor):
            written += len(page)
            yield from page

    asked = {"filters": lists.filters_as_asked(Filters(portfolio=ALL))}
    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        sheets.write(sheets.Format(format), Path(folder, "list"), listed.title, listed.columns, rows())
    return written


def _peak() -> int:
    """The most memory that this process has held, in kB. Not `getrusage`, which begins at its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
