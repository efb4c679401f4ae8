"""One database built and measured, in a process of its own: `python -m tests.bench.run --rows 10000 --out result.json`.

The database is the one that DATABASE_URL names, empty or built by an earlier run."""

import argparse
import dataclasses
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django

ASKED_OF_THE_WORKER = 30


def main() -> None:
    arguments = _arguments()
    django.setup()
    from django.core.management import call_command

    os.umask(0o077)
    started = time.perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    measured = _database(arguments.rows, arguments.drafts)
    built = time.perf_counter() - started
    Path(arguments.out).write_text(json.dumps({"built": built, **_measures(measured, arguments)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--drafts", type=int, default=31)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--transfers", type=int, default=50_000)
    parser.add_argument("--invoices", type=int, default=1_000)
    parser.add_argument("--estimates", type=int, default=10_000)
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def _database(rows: int, drafts: int) -> Any:
    """Built once; a database kept from an earlier run gets new drafts to send."""
    from django.core.management import call_command

    from openopco.accounts.models import User
    from tests.bench.build import EMPLOYER, build, measured

    if User.objects.filter(email=EMPLOYER).exists():
        return measured(drafts)
    call_command("import_reference", verbosity=0)
    return build(rows, drafts=drafts)


def _measures(measured: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    from config.wsgi import application
    from tests.bench import batches, estimates, invoices, measuring, pages, transfers, works
    from tests.bench.wsgi import Browser

    cases = [
        case
        for case in pages.cases(application, measured)
        if arguments.only in case.name or case.name in (pages.EMPTY, pages.BARE)
    ]
    results = measuring.measure(cases, arguments.seconds)
    alice = Browser(application)
    alice.sign_in(measured.employer, measured.password)
    return {
        "results": [dataclasses.asdict(result) for result in results],
        "shares": {case.name: (case.floor, case.share) for case in cases},
        "reads": [case.name for case in cases if case.is_read],
        "assets": {
            **measuring.first_visit(Browser(application), ("/", "/connexion/")),
            **measuring.first_visit(alice, ("/tableau-de-bord/",)),
        },
        "worker_kb": worker_memory(alice.cookies),
        "works": works.measure(measured.officer, measured.password, arguments.rows, arguments.batch),
        "transfers": transfers.measure(arguments.transfers),
        "batches": batches.measure(arguments.transfers),
        "invoices": invoices.measure(arguments.invoices),
        "estimates": estimates.measure(arguments.estimates),
    }


def worker_memory(cookies: dict[str, str]) -> int:
    """Resident memory, in kB, of a gunicorn worker that has served the lists, by four threads."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning"]
    server = subprocess.Popen([*command, "--no-control-socket"])
    try:
        _wait_for(port)
        for _ in range(ASKED_OF_THE_WORKER):
            for path in ("/", "/tableau-de-bord/", "/demandes/", "/demandes/?q=soudure"):
                _get(port, path, cookies)
        return _largest_child(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _get(port: int, path: str, cookies: dict[str, str]) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    link.request("GET", path, headers={"Cookie": cookie})
    answer = link.getresponse()
    answer.read()
    link.close()
    if answer.status != 200:
        raise RuntimeError(f"the worker answered {answer.status} to {path}")


def _largest_child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(_resident(int(child)) for child in children)


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
