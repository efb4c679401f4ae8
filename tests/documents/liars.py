"""Servers on loopback that play clamd badly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[socket.socket], None]


@contextmanager
def server(behave: Behaviour) -> Iterator[str]:
    """Runs `behave` on each connection; gives "127.0.0.1:port"."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, behave), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # Closing alone would leave the thread in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _serve(listener: socket.socket, behave: Behaviour) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with line:
            line.settimeout(5)
            try:
                behave(line)
            except OSError:
                continue


def read_stream(line: socket.socket) -> bytes:
    """What a client sent by INSTREAM, to its end."""
    file = line.makefile("rb")
    assert file.read(10) == b"zINSTREAM\0"
    content = b""
    while size := int.from_bytes(file.read(4), "big"):
        content += file.read(size)
    return content


def answering(answer: bytes) -> Behaviour:
    def behave(line: socket.socket) -> None:
        read_stream(line)
        line.sendall(answer)

    return behave
