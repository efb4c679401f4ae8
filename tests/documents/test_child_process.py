"""The child that opens files: bounded, alone, without Django; whatever becomes of it, the file is not let in."""

import json
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from openopco.base.children import start_line
from openopco.documents import inspect
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import LIMITS, Limits
from openopco.kernel.errors import Unavailable

from . import hostile

START = start_line("openopco.documents.inspector.child").removesuffix("main()")
IMPORT = f"{START}from openopco.documents.inspector import child; "


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-I", "-c", IMPORT + code], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('not json')",
        "pass",
        "import time; time.sleep(60)",
        "print('[' * 100000)",
        "print('[' * 900)",
        "print('[]')",
        "print('{}')",
        'print(\'{"refused": "because"}\')',
        'print(\'{"kind": "html", "pages": 1, "rebuilt": false}\')',
        'print(\'{"kind": [], "pages": 1, "rebuilt": false}\')',
    ],
)
def test_a_child_that_fails_refuses_the_file(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "_START", code)
    monkeypatch.setattr(inspect, "LIMITS", Limits(child_wall_seconds=1))
    with pytest.raises(RefusedFile) as caught:
        inspect.examine("a.pdf", [hostile.pdf()])
    assert caught.value.code == RefusalCode.TOO_COMPLEX


def test_the_child_starts_without_django() -> None:
    done = run("print([name for name in sys.modules if name.partition('.')[0] in ('django', 'config')])")
    assert done.stdout.strip() == "[]"


def test_the_child_has_little_memory() -> None:
    more = (LIMITS.child_memory_megabytes + 200) << 20
    done = run(f"child._limit_self()\ntry: bytearray({more})\nexcept MemoryError: print('refused')")
    assert done.stdout.strip() == "refused"


def test_the_child_has_little_time() -> None:
    done = run("import resource; child._limit_self(); print(resource.getrlimit(resource.RLIMIT_CPU))")
    assert done.stdout.strip() == str((LIMITS.child_cpu_seconds, LIMITS.child_cpu_seconds + 1))
    stopped = run(
        "import resource; child._limit_self(); resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"
    )
    assert stopped.returncode != 0


def test_the_child_cannot_fill_the_disk() -> None:
    done = run(
        "import signal, tempfile; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); child._limit_self()\n"
        f"try: tempfile.TemporaryFile().truncate({5 * LIMITS.file_bytes})\nexcept OSError: print('refused')"
    )
    assert done.stdout.strip() == "refused"


def test_the_child_has_no_network_where_the_kernel_allows() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = run(
            "import ctypes, json, socket\n"
            "allowed = ctypes.CDLL(None).unshare(0x10000000 | 0x40000000) == 0\n"
            "child._limit_self()\n"
            f"try: socket.create_connection(('127.0.0.1', {port}), 2); reached = True\n"
            "except OSError: reached = False\n"
            "print(json.dumps([allowed, reached]))"
        )
    allowed, reached = json.loads(done.stdout)
    assert reached is not allowed


def test_the_name_of_the_file_never_reaches_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    real = subprocess.run

    def spy(*args: Any, **kwargs: Any) -> Any:
        seen.append((args, kwargs))
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", spy)
    inspect.examine("Jeanne Secret $(id).pdf", [hostile.pdf()])
    assert len(seen) == 1
    assert "Jeanne" not in repr(seen)
    assert set(seen[0][1]["env"]) == {"LC_ALL"}


def test_a_file_that_finds_no_turn_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = threading.BoundedSemaphore(1)
    busy.acquire()
    monkeypatch.setattr(inspect, "_TURNS", busy)
    monkeypatch.setattr(inspect, "LIMITS", Limits(child_wall_seconds=0))
    with pytest.raises(Unavailable, match="réessayez"):
        inspect.examine("a.pdf", [hostile.pdf()])


def test_a_refused_file_gives_its_turn_back() -> None:
    for _ in range(4):
        with pytest.raises(RefusedFile):
            inspect.examine("a.pdf", [b""])


def test_nothing_is_left_on_the_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    inspect.examine("a.jpg", [hostile.jpeg()])
    with pytest.raises(RefusedFile):
        inspect.examine("a.jpg", [b"\xff\xd8\xff"])
    assert list(tmp_path.iterdir()) == []
