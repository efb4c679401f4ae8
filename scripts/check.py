"""`make check`: all that can be said of the code without running it. Every check runs; the table says which failed."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "OPENOPCO_HOSTS": "portail.example",
    "OPENOPCO_SECRET_KEY": "".join(chr(33 + i % 90) for i in range(64)),
    "OPENOPCO_VAULT_KEYS": "k1:" + "A" * 43 + "=",
    "OPENOPCO_BLIND_INDEX_KEY": "B" * 42 + "A=",
    "DATABASE_URL": "postgres://portail@127.0.0.1:1/portail",
    "EMAIL_URL": "smtp+tls://mail.example:587",
    "OPENOPCO_MAIL_FROM": "ne-pas-repondre@portail.example",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error::SyntaxWarning", "manage.py", *arguments]


TEST = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
CHECKS = [
    Check("types", [str(BIN / "mypy")]),
    Check("format", [str(BIN / "ruff"), "format", "--check", "."]),
    Check("lint", [str(BIN / "ruff"), "check", "."]),
    Check("floors", [str(BIN / "lint-imports"), "--no-cache"]),
    Check("templates", [str(BIN / "djlint"), "openopco", "--lint", "--quiet"]),
    Check("django", manage("check", "--fail-level", "WARNING"), TEST),
    Check("django in production", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("migrations", manage("makemigrations", "--check", "--dry-run"), TEST),
    Check("generated docs", [sys.executable, "scripts/generate_docs.py", "--check"], TEST),
]


def main() -> int:
    # The types take as long as all the others.
    with ThreadPoolExecutor(2) as pool:
        failed = [check.name for check, passed in zip(CHECKS, pool.map(passes, CHECKS), strict=True) if not passed]
    print(
        f"\n{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}"
    )
    return 1 if failed else 0


def passes(check: Check) -> bool:
    start = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=900,
    )
    verdict = "ok" if result.returncode == 0 else "FAILED"
    told = [f"{check.name:<24} {verdict:<7} {time.monotonic() - start:5.1f} s"]
    if result.returncode:
        told += [f"    {line}" for line in result.stdout.splitlines()[-60:]]
    print("\n".join(told), flush=True)
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
