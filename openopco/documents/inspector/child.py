"""The child process that opens a stranger's file: one path on its standard input, one verdict on its standard output,
bounded in memory, processor time and file size, cut from the network where the kernel allows. It never loads Django."""

import json
import sys
from pathlib import Path

from openopco.base.children import limit_self
from openopco.documents.inspector.sniff import kind_of, refuse_open_end, refuse_second_nature
from openopco.documents.inspector.verdict import Facts, Refusal
from openopco.documents.refusals import RefusalCode
from openopco.documents.rules import KINDS, LIMITS


def main() -> None:
    """Reads {"path", "extension", "output"}; writes {"kind", "pages", "rebuilt"} or {"refused": code}."""
    _limit_self()
    order = json.load(sys.stdin)
    try:
        facts = inspect(Path(order["path"]), order["extension"])
        if facts.rebuilt is not None:
            Path(order["output"]).write_bytes(facts.rebuilt)
        answer: dict[str, object] = {
            "kind": facts.kind,
            "pages": facts.pages,
            "rebuilt": facts.rebuilt is not None,
        }
    except Refusal as refusal:
        answer = {"refused": refusal.code.value}
    except MemoryError:
        answer = {"refused": RefusalCode.TOO_COMPLEX.value}
    json.dump(answer, sys.stdout)


def inspect(path: Path, extension: str) -> Facts:
    """What the file is, by its content; `extension` must agree. Raises `Refusal`."""
    content = path.read_bytes()
    if not content:
        raise Refusal(RefusalCode.EMPTY)
    kind = kind_of(content)
    if extension not in KINDS[kind].extensions:
        raise Refusal(RefusalCode.WRONG_EXTENSION)
    refuse_second_nature(content)
    if kind == "pdf":
        from openopco.documents.inspector.pdf import inspect_pdf

        refuse_open_end(content)
        return inspect_pdf(str(path), len(content))
    from openopco.documents.inspector.images import inspect_image

    return inspect_image(content, kind)


def _limit_self() -> None:
    limit_self(
        memory_megabytes=LIMITS.child_memory_megabytes,
        cpu_seconds=LIMITS.child_cpu_seconds,
        file_megabytes=4 * LIMITS.file_megabytes,
    )


if __name__ == "__main__":
    main()
