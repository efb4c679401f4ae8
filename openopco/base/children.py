"""Short-lived child processes of our own code, for work on what strangers sent or that must end in time. Plain Python: the
child's side of it loads no Django."""

import contextlib
import ctypes
import json
import os
import resource
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, Self

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


class ChildFailed(RuntimeError):
    """The child died, was silent too long or answered nonsense."""


class AnsweringChild:
    """A child that lives on: one order of JSON, one answer of JSON, a line each. It is started by its first order, killed
    when it is late, started anew by the next. For one thread at a time; used as a context, which ends it."""

    def __init__(self, line: str, *, seconds: float, longest_answer: int) -> None:
        self._line, self._seconds, self._longest = line, seconds, longest_answer
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def ask(self, order: dict[str, Any]) -> Any:
        """Raises `ChildFailed`; the child is gone then."""
        process = self._process or self._start()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
            return json.loads(self._answer(process))
        except (OSError, ValueError, RecursionError, TimeoutError) as error:
            self.end()
            raise ChildFailed(type(error).__name__) from error

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
            [sys.executable, "-I", "-c", self._line],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
        )
        return self._process

    def _answer(self, process: "subprocess.Popen[bytes]") -> bytes:
        assert process.stdout is not None
        pipe, found, deadline = process.stdout.fileno(), bytearray(), time.monotonic() + self._seconds
        while not found.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(pipe, 1 << 16) if ready else b""
            if not piece or len(found) > self._longest:
                raise TimeoutError
            found += piece
        return bytes(found)


def limit_self(*, memory_megabytes: int, cpu_seconds: int, file_megabytes: int, reserves: bool = False) -> None:
    """The child's first act: bounds to its memory, processor time and files, and no network where the kernel allows.
    `reserves`: it uses a library that reserves far more addresses than it ever uses; what it writes to is bounded."""
    memory, file_size = memory_megabytes << 20, file_megabytes << 20
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS refuses a limit on address space; the other limits hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA if reserves else resource.RLIMIT_AS, (memory, memory))
    # An empty network of one's own, where unprivileged namespaces are allowed. Files stay readable: same user.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
