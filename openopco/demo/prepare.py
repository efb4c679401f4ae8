"""Everything that must exist before the demonstration can serve, made once: `python -m openopco.demo.prepare`."""

import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    """Says each step before it. Ends with a sentence and a status of 1 where the settings are not the demonstration's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    from django.conf import settings

    if not settings.DEMO:
        # Never a database that the demonstration did not make.
        sys.exit(
            "DJANGO_SETTINGS_MODULE : la démonstration a ses propres réglages. Ôtez cette variable, puis relancez."
        )
    for words, work in steps():
        sys.stdout.write(f"  {words}…\n")
        sys.stdout.flush()
        work()


def steps() -> list[tuple[str, Callable[[], object]]]:
    """What is done, in order, each with its words. All of it costs little when it is done already."""
    from django.core.management import call_command

    return [
        ("Base de données", lambda: call_command("migrate", verbosity=0, interactive=False)),
        (
            "Communes, codes NAF, conventions collectives",
            lambda: call_command("import_reference", stdout=io.StringIO()),
        ),
        ("Personnes et demandes inventées", lambda: call_command("load_demo", stdout=io.StringIO())),
        ("Styles, scripts et polices des pages", lambda: once_per_digest("static", static_digest(), _collect)),
    ]


def _collect() -> None:
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


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
