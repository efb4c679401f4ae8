"""Keeps today's schema, with the demonstration's data, as the oldest database that upgrades are tested from.

To be run once, when the first version lands; from then on landed migrations are never edited, and the file stays."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DAY = "2026-11-23"


def main() -> int:
    if "--inside" in sys.argv:
        fill_and_dump()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_DATABASE_URL": f"sqlite:///{folder}/new.sqlite3",
        }
        return subprocess.run([sys.executable, __file__, "--inside"], cwd=ROOT, env=environment, check=False).returncode


def fill_and_dump() -> None:
    """With the tests' keys, so that tests may open what is sealed."""
    import django

    django.setup()
    from datetime import date

    from django.core.management import call_command

    from openopco.demo.loading import Loader
    from tests.upgrade.dump import FILE, write

    call_command("migrate", verbosity=0)
    call_command("import_reference", verbosity=0)
    Loader(date.fromisoformat(DAY)).load()
    write()
    print(f"{FILE.relative_to(ROOT)}: {FILE.stat().st_size:,} octets")


if __name__ == "__main__":
    sys.exit(main())
