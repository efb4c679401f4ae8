"""Short-lived child processes of our own code, for work on what strangers sent or that must end in time. Plain Python: the
child's side of it loads no Django."""

import contextlib
import ctypes
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

_PROJECT = Path(__file__).resolve().parents[2]
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def start_line(module: str) -> str:
    """What isolated Python (-I: neither the current folder nor PYTHONPATH) is told, to run `main()` of our module."""
    return f"import sys; sys.path.insert(0, {str(_PROJECT)!r}); from {module} import main; main()"


def run_child(line: str, order: dict[str, Any], *, seconds: float, out: IO[bytes]) -> None:
    """Runs `line` (of `start_line`) with `order` as JSON on its input, its output written to `out`; killed after
    `seconds`. Nothing of the order is on the command line. Raises `subprocess.SubprocessError`."""
    subprocess.run(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, "-I", "-c", line],
        input=json.dumps(order).encode(),
        stdout=out,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        env={"LC_ALL": "C.UTF-8"},
        check=True,
    )


def limit_self(*, memory_megabytes: int, cpu_seconds: int, file_megabytes: int) -> None:
    """The child's first act: bounds to its memory, processor time and files, and no network where the kernel allows."""
    memory, file_size = memory_megabytes << 20, file_megabytes << 20
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS refuses a limit on address space; the other limits hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # An empty network of one's own, where unprivileged namespaces are allowed. Files stay readable: same user.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
