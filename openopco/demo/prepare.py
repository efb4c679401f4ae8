"""Everything that must exist before the demonstration can serve, made once: `python -m openopco.demo.prepare`."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    from django.core.management import call_command, get_commands

    call_command("migrate", verbosity=0, interactive=False)
    for command in ("import_reference", "load_demo"):
        if command in get_commands():
            call_command(command)
    once_per_digest(
        "static", static_digest(), lambda: call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    )


def once_per_digest(name: str, digest: str, work: Callable[[], object]) -> bool:
    """Does the work unless it was done for the same digest. Whether it did."""
    from django.conf import settings

    marker = Path(settings.VAR) / f"{name}.digest"
    if marker.exists() and marker.read_text() == digest and (Path(settings.VAR) / "static").is_dir():
        return False
    work()
    marker.write_text(digest)
    return True


def static_digest() -> str:
    """Changes with the name, size or date of any static file."""
    digest = hashlib.sha256()
    for line in sorted(_static_files()):
        digest.update(line.encode())
    return digest.hexdigest()


def _static_files() -> Iterator[str]:
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            yield f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n"


if __name__ == "__main__":
    main()
