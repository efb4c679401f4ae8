"""`make bench`: how fast the portal is, beside floors measured in the same run. ROWS=1000000 compares with 10,000.

SQLite by default; DATABASE_URL=postgres://… names a server where databases of its own are made, then dropped. KEEP=1
keeps them for the next run."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("OPENOPCO_BENCH_VAR", Path(tempfile.gettempdir()) / "openopco-bench"))
FEW = 10_000
SMALL_BATCH, LARGE_BATCH = 50, 1000
# Of a batch's row, beside the same act through the door; of an export ten times longer, in MB more than the short one.
MOST_PER_ROW, MOST_EXPORT_MB = 1.0, 15.0
FEW_TRANSFERS, MANY_TRANSFERS = 5_000, 50_000
# Of the file of transfers: seconds at most; beside sepaxml, which checks nothing and counts as it goes, when ours goes
# over each transfer twice; MB more than for a tenth.
MOST_BATCH_SECONDS, MOST_BATCH_MB = 60.0, 40.0
MOST_FILE_SECONDS, MOST_BESIDE_SEPAXML, MOST_FILE_MB = 60.0, 2.0, 15.0
FEW_INVOICES, MANY_INVOICES = 100, 1_000
FEW_ESTIMATES, MANY_ESTIMATES = 1_000, 10_000
# Of the invoices read: beside the library's reading and Saxon's judging, each bare, ours also inspecting the whole PDF.
MOST_BESIDE_LIBRARIES = 3.0
# Of an estimate, beside the bare reading of its draft.
MOST_BESIDE_READING = 2.0
PACE = "floor: bare 25 rows"
MOST_QUERIES, MOST_HTML, MOST_ASSETS, MOST_WORKER_KB, MOST_GROWTH = 12, 60_000, 100_000, 150_000, 1.3


def main() -> int:
    arguments = _arguments()
    sizes = [arguments.rows] if arguments.rows == arguments.against else [arguments.against, arguments.rows]
    found = {rows: run(rows, arguments) for rows in sizes}
    before = found[arguments.against] if len(sizes) > 1 else None
    failures = report(found[arguments.rows], before, arguments)
    print("\n" + ("\n".join(f"MISSED: {line}" for line in failures) or "every target is met"))
    return 1 if failures and arguments.strict else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=int(os.environ.get("ROWS") or FEW))
    parser.add_argument("--against", type=int, default=FEW)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    parser.add_argument("--smoke", action="store_true", help="quick; fails on queries and bytes, never on times")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--strict", action="store_true", help="a missed target is a failure")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.seconds, arguments.strict = 0.2, True
    return arguments


# --- running ---------------------------------------------------------------------------------------------------------


def run(rows: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Builds and measures in a process of its own; its words are shown only when it fails."""
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = os.environ.get("DATABASE_URL", "")
    database = _postgresql(server, rows) if server.startswith("postgres") else _sqlite(rows)
    print(f"{rows:,} requests in {database.name}…".replace(",", " "), flush=True)
    result = VAR / f"result-{rows}.json"
    command = [sys.executable, "-m", "tests.bench.run", "--rows", str(rows), "--out", str(result)]
    command += ["--seconds", str(arguments.seconds), "--only", arguments.only]
    command += ["--batch", str(SMALL_BATCH if arguments.smoke else LARGE_BATCH)]
    command += ["--transfers", str(FEW_TRANSFERS if arguments.smoke else MANY_TRANSFERS)]
    command += ["--invoices", str(FEW_INVOICES if arguments.smoke else MANY_INVOICES)]
    command += ["--estimates", str(FEW_ESTIMATES if arguments.smoke else MANY_ESTIMATES)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "OPENOPCO_VAR": str(VAR),
        "DATABASE_URL": database.url,
    }
    log = VAR / f"log-{rows}.txt"
    try:
        with log.open("w") as words:
            code = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=words, stderr=words, check=False
            ).returncode
        if code:
            sys.exit(f"{''.join(log.read_text()[-2500:])}\nbench failed")
        return dict(json.loads(result.read_text()))
    finally:
        if not os.environ.get("KEEP"):
            database.drop()


@dataclass
class Database:
    url: str
    name: str
    server: str = ""

    def drop(self) -> None:
        if self.server:
            _on(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            return
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.name}{suffix}").unlink(missing_ok=True)


def _sqlite(rows: int) -> Database:
    path = VAR / f"bench-{rows}.sqlite3"
    database = Database(f"sqlite:///{path}", str(path))
    if not os.environ.get("KEEP"):
        database.drop()
    return database


def _postgresql(server: str, rows: int) -> Database:
    name = f"openopco_bench_{rows}"
    database = Database(urlunsplit(urlsplit(server)._replace(path=f"/{name}")), name, server)
    if not os.environ.get("KEEP"):
        database.drop()
    if not _on(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        _on(server, f'CREATE DATABASE "{name}"')
    return database


def _on(server: str, statement: str) -> list[Any]:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return list(cursor.fetchall()) if cursor.description else []


# --- telling ---------------------------------------------------------------------------------------------------------


def report(found: dict[str, Any], before: dict[str, Any] | None, arguments: argparse.Namespace) -> list[str]:
    """Prints the table; returns the targets that were missed."""
    p50 = _medians(found)
    then = _medians(before) if before else {}
    # The two are measured one after the other: the bare page, which asks the same of both, says how the machine's pace moved.
    pace = p50[PACE] / then[PACE] if then else 1.0
    failures: list[str] = []
    print(f"\n{'page':<22} {'req/s':>7} {'p50 ms':>8} {'of its floor':>13} {'growth':>7} {'queries':>8} {'bytes':>8}")
    for line in found["results"]:
        name = line["name"]
        floor, share = found["shares"][name]
        ratio, growth = p50[floor] / p50[name], p50[name] / then[name] / pace if then else 0.0
        shown = f"{ratio:.2f} of {floor.split()[1]}" if name != floor else ""
        print(
            f"{name:<22} {1 / p50[name]:>7.0f} {p50[name] * 1000:>8.2f} {shown:>13} "
            f"{f'{growth:.2f}' if growth else '':>7} {line['queries']:>8} {line['bytes']:>8}"
        )
        failures += _missed(line, name in found["reads"])
        if not arguments.smoke:
            failures += [f"{name}: {ratio:.2f} of the floor, {share} wanted"] if ratio < share else []
            failures += [f"{name}: {growth:.2f} × the time at {FEW}"] if growth > MOST_GROWTH else []
    failures += _missed_around(found) + _missed_works(found["works"], is_quick=arguments.smoke)
    failures += _missed_invoices(found["invoices"], is_quick=arguments.smoke)
    failures += _missed_estimates(found["estimates"], is_quick=arguments.smoke)
    failures += _missed_transfers(found["transfers"], is_quick=arguments.smoke)
    return failures + _missed_batches(found["batches"], found["transfers"])


def _medians(found: dict[str, Any]) -> dict[str, float]:
    return {line["name"]: statistics.median(line["times"]) for line in found["results"]}


def _missed(line: dict[str, Any], is_read: bool) -> list[str]:
    name = line["name"]
    failures = [f"{name}: {line['queries']} queries"] if is_read and line["queries"] > MOST_QUERIES else []
    return failures + ([f"{name}: {line['bytes']} bytes of HTML"] if line["bytes"] > MOST_HTML else [])


def _missed_around(found: dict[str, Any]) -> list[str]:
    assets, worker = sum(found["assets"].values()), found["worker_kb"]
    print(
        f"\nbuilt in {found['built']:.0f} s; {len(found['assets'])} assets of the first visit, {assets} bytes compressed;"
    )
    print(f"a web worker holds {worker / 1000:.0f} MB")
    failures = [f"assets: {assets} bytes"] if assets > MOST_ASSETS else []
    return failures + ([f"worker: {worker} kB"] if worker > MOST_WORKER_KB else [])


def _missed_works(works: dict[str, Any], *, is_quick: bool) -> list[str]:
    batch, ratio = works["batch"], works["batch"]["per_row"] / works["batch"]["single"]
    print(
        f"a batch of {batch['rows']}: asked in {batch['asked'] * 1000:.0f} ms, {batch['per_row'] * 1000:.1f} ms a row, "
        f"{ratio:.2f} × the same act through the door ({batch['single'] * 1000:.1f} ms)"
    )
    failures = [f"batch: {ratio:.2f} × a single act"] if ratio > MOST_PER_ROW and not is_quick else []
    for few, many in zip(works["exports"][::2], works["exports"][1::2], strict=True):
        rates = [one["seconds"] / one["rows"] * 1e6 for one in (few, many)]
        told = [f"{one['rows']} rows +{one['megabytes']:.1f} MB in {one['seconds']:.1f} s" for one in (few, many)]
        print(
            f"export {many['format']}: {told[0]}, {told[1]}; a row {rates[1]:.0f} µs, {rates[1] / rates[0]:.2f} × the tenth's"
        )
        if many["megabytes"] > few["megabytes"] + MOST_EXPORT_MB:
            failures.append(f"export {many['format']}: {many['megabytes']:.1f} MB, {few['megabytes']:.1f} for a tenth")
    return failures


def _missed_invoices(invoices: dict[str, Any], *, is_quick: bool) -> list[str]:
    count, bare = invoices["invoices"], invoices["library"] + invoices["rules"]
    ratio = invoices["house"] / bare
    print(
        f"{count} Factur-X invoices: read and judged in {invoices['house']:.1f} s ({count / invoices['house']:.0f} a second; "
        f"the first one {invoices['first']:.1f} s), {ratio:.2f} × the bare libraries, which read them and check their schemas "
        f"in {invoices['library']:.1f} s, and play EN 16931 on them in {invoices['rules']:.1f} s"
    )
    is_slow = ratio > MOST_BESIDE_LIBRARIES and not is_quick
    return [f"invoices: {ratio:.2f} × the bare libraries"] if is_slow else []


def _missed_estimates(estimates: dict[str, Any], *, is_quick: bool) -> list[str]:
    ratio = estimates["estimated"] / estimates["read"]
    print(
        f"the engine: {estimates['proposals'] / estimates['engine']:.0f} proposals a second; whole estimates: "
        f"{estimates['estimates'] / estimates['estimated']:.0f} a second, each {ratio:.2f} × the reading of its draft"
    )
    is_slow = ratio > MOST_BESIDE_READING and not is_quick
    return [f"estimates: {ratio:.2f} × the reading of the draft"] if is_slow else []


def _missed_batches(batches: dict[str, Any], transfers: dict[str, Any]) -> list[str]:
    few, many, bare = batches["few"], batches["many"], transfers["sepaxml"]["written"]
    seconds = many["prepared"] + many["released"] + many["written"]
    print(
        f"a batch of {many['lines']} dues: prepared in {many['prepared']:.1f} s, released in {many['released']:.2f} s, its file "
        f"written in {many['written']:.1f} s (sepaxml alone {bare:.1f} s), {many['megabytes']:.0f} MB "
        f"({few['megabytes']:.0f} for a tenth); the bank's answer read in {many['read']:.1f} s, reconciled in "
        f"{many['reconciled']:.1f} s"
    )
    failures = [f"batches: {seconds:.0f} s"] if seconds > MOST_BATCH_SECONDS else []
    if many["megabytes"] - few["megabytes"] > MOST_BATCH_MB:
        failures.append(f"batches: {many['megabytes']:.0f} MB, {few['megabytes']:.0f} for a tenth")
    return failures


def _missed_transfers(transfers: dict[str, Any], *, is_quick: bool) -> list[str]:
    few, many, bare = transfers["few"], transfers["many"], transfers["sepaxml"]
    seconds, ratio = many["written"] + many["validated"], many["written"] / bare["written"]
    print(
        f"a file of {many['lines']} transfers: written in {many['written']:.1f} s, {ratio:.2f} × sepaxml's, "
        f"validated in {many['validated']:.1f} s; +{many['megabytes']:.1f} MB (+{few['megabytes']:.1f} for a tenth, "
        f"sepaxml +{bare['megabytes']:.1f})"
    )
    failures = [f"transfers: {seconds:.0f} s"] if seconds > MOST_FILE_SECONDS else []
    if many["megabytes"] > few["megabytes"] + MOST_FILE_MB:
        failures.append(f"transfers: {many['megabytes']:.1f} MB, {few['megabytes']:.1f} for a tenth")
    is_slow = ratio > MOST_BESIDE_SEPAXML and not is_quick
    return failures + ([f"transfers: {ratio:.2f} × sepaxml"] if is_slow else [])


if __name__ == "__main__":
    sys.exit(main())
