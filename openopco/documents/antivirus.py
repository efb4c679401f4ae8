"""Asks clamd about a content. Anything but its explicit « OK » is not clean."""

import socket
import struct
import time
from dataclasses import dataclass

from django.conf import settings

from openopco.kernel.errors import Unavailable

_STEP = 64 * 1024
# clamd answers one short line; whatever speaks longer is not clamd.
_LONGEST_ANSWER = 4096
_CLEAN = b"stream: OK\0"
_FOUND, _ERROR = " FOUND", " ERROR"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`clean`: clamd said so in full. Otherwise `threat` names what it found, or `error` says why it could not tell."""

    clean: bool
    threat: str = ""
    error: str = ""


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def scan(content: bytes) -> Verdict:
    """clamd's verdict on the content. Takes `settings.CLAMD_TIMEOUT` seconds at most.

    Raises `Unavailable` when clamd is down, slow, drops the line or answers nonsense: nobody looked, ask later."""
    deadline = time.monotonic() + settings.CLAMD_TIMEOUT
    try:
        with _connect(deadline) as line:
            answer = _ask(line, content, deadline)
    except OSError as error:
        raise Unavailable("L'antivirus ne répond pas pour le moment.") from error
    return _read(answer)


def _connect(deadline: float) -> socket.socket:
    address: str = settings.CLAMD_ADDRESS
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_left(deadline))
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_left(deadline))


def _ask(line: socket.socket, content: bytes, deadline: float) -> bytes:
    """The INSTREAM dialogue of clamd(8): chunks preceded by their length, a length of zero to end."""
    line.sendall(b"zINSTREAM\0")
    try:
        for start in range(0, len(content), _STEP):
            chunk = content[start : start + _STEP]
            line.settimeout(_left(deadline))
            line.sendall(struct.pack("!L", len(chunk)) + chunk)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # clamd hangs up on a stream beyond its limit, after having said so: its answer is still there to read.
        pass
    return _listen(line, deadline)


def _listen(line: socket.socket, deadline: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) <= _LONGEST_ANSWER:
        line.settimeout(_left(deadline))
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(answer: bytes) -> Verdict:
    if answer == _CLEAN:
        return Verdict(clean=True)
    said = answer.rstrip(b"\0").decode("ascii", "replace").removeprefix("stream: ").strip()
    if answer.startswith(b"stream: ") and said.endswith(_FOUND):
        return Verdict(clean=False, threat=said.removesuffix(_FOUND)[:120] or "?")
    if said.endswith(_ERROR):
        return Verdict(clean=False, error=said.removesuffix(_ERROR)[:120] or "?")
    raise Unavailable("L'antivirus a donné une réponse illisible.")
