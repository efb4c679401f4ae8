"""What is said of files that a plain form sent and that were not joined."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages

from openopco.documents.rules import name_to_tell
from openopco.habilitations.http import PersonRequest


def tell_refused(request: PersonRequest, file: Any, why: str) -> None:
    messages.error(request, f"{name_to_tell(file.name or '')} : {why}")


def tell_left_out(request: PersonRequest, files: Sequence[Any], most: int) -> None:
    """Of the files sent at once, those past `most`, which were not looked at."""
    if left := files[most:]:
        names = ", ".join(name_to_tell(file.name or "") for file in left)
        said = "n'a pas été joint" if len(left) == 1 else "n'ont pas été joints"
        messages.error(request, f"{most} fichiers au plus à la fois. {names} : {said}, envoyez la suite.")
