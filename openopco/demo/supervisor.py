"""`make run`: prepares the demonstration, then keeps its web server and its worker alive until Ctrl-C. Plain Python."""

import contextlib
import ctypes
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from openopco.demo.accounts import ACCOUNTS, PASSWORD
from openopco.opco.table import DEFAULT_PRODUCT, OPCOS

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
GRACE_SECONDS = 10.0
READY_SECONDS = 60.0
DEATHS_ALLOWED, DEATHS_WINDOW = 5, 60.0
LARGEST_LOG = 5 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class Stop(Exception):
    """The demonstration can't go on. The text is French, for the person at the keyboard."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Child:
    """One program, in a process group of its own, its output in a file."""

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)
    not_before: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        with _open_log(self.log) as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_die_with_parent,  # safe: this process has one thread
            )

    def note_death(self) -> None:
        """Counts one more. Raises `Stop` when there are too many."""
        now = time.monotonic()
        self.process = None
        self.deaths = [*(at for at in self.deaths if now - at < DEATHS_WINDOW), now]
        if len(self.deaths) > DEATHS_ALLOWED:
            raise Stop(
                f"« {self.name} » s'arrête sans cesse. Ses derniers mots, dans {self.log} :\n{last_lines(self.log)}"
            )
        self.not_before = now + 0.25 * 2 ** len(self.deaths)

    def signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    too_large = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if too_large else "ab")


def last_lines(path: Path, count: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:]) if path.exists() else ""


def _die_with_parent() -> None:
    # Should the supervisor itself be killed, nothing of it stays behind. Linux only, and no loss elsewhere.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    def __init__(self, children: Sequence[Child], environment: Mapping[str, str]) -> None:
        self.children = children
        self.environment = environment
        self.stopping = False
        self._bell_out, self._bell_in = os.pipe()
        os.set_blocking(self._bell_in, False)

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        os.write(self._bell_in, b"!")

    def tend(self) -> None:
        """One look at the children: the dead are started again, after a pause. Raises `Stop`."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                child.signal(signal.SIGKILL)
                child.note_death()
            if child.process is None and time.monotonic() >= child.not_before:
                child.start(self.environment)

    def wait(self, seconds: float) -> None:
        """Sleeps, unless a signal rings."""
        select.select([self._bell_out], [], [], seconds)

    def run(self) -> None:
        while not self.stopping:
            self.tend()
            self.wait(0.25)

    def run_until_ready(self, address: str) -> bool:
        """Tends until the web answers. False when stopped first. Raises `Stop` when it takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping:
            self.tend()
            if answers(address):
                return True
            if time.monotonic() > deadline:
                raise Stop(f"Le serveur ne répond pas. Ses derniers mots :\n{last_lines(self.children[0].log)}")
            self.wait(0.1)
        return False

    def stop(self) -> None:
        """Asks every child to end, then insists."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                child.signal(signal.SIGKILL)
                child.process.wait()


def answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/healthz", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def read_port(environment: Mapping[str, str]) -> int:
    """Raises `Stop` for what isn't a port."""
    raw = environment.get("PORT", "8000")
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw) <= 65535):
        raise Stop(
            f"PORT={raw} n'est pas un numéro de port : choisissez un nombre de 1024 à 65535, par exemple PORT=8001."
        )
    return int(raw)


def refuse_taken(port: int) -> None:
    """Raises `Stop` when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Stop(f"Le port {port} est réservé au système. Choisissez-en un autre : make run PORT=8001") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8001
            raise Stop(f"Le port {port} est déjà pris. Choisissez-en un autre : make run PORT={other}") from error


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Holds var/running.lock meanwhile. Raises `Stop` when another supervisor does, or where it can't be written."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock_file = (var / "running.lock").open("w")
    except OSError as error:
        raise Stop(f"OPENOPCO_VAR : « {var} » n'est pas un dossier où l'on peut écrire.") from error
    with lock_file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Stop("La démonstration est déjà en marche dans un autre terminal : arrêtez-la d'abord.") from error
        yield


def children_for(port: int, logs: Path) -> list[Child]:
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{HOST}:{port}"]
    gunicorn += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"]
    gunicorn += [
        "--timeout",
        "60",
        "--graceful-timeout",
        "8",
        "--keep-alive",
        "5",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    worker = [sys.executable, "manage.py", "run_worker"]
    return [Child("web", gunicorn, logs / "web.log"), Child("tâches", worker, logs / "worker.log")]


def prepare(supervisor: Supervisor) -> None:
    """Makes the database and the rest, its words on the terminal. Raises `Stop` when it fails."""
    say("Préparation de la démonstration…")
    process = subprocess.Popen(
        [sys.executable, "-m", "openopco.demo.prepare"],
        cwd=ROOT,
        env=dict(supervisor.environment),
        process_group=0,
        preexec_fn=_die_with_parent,  # safe: this process has one thread
    )
    while process.poll() is None and not supervisor.stopping:
        supervisor.wait(0.05)
    if supervisor.stopping:
        process.kill()
        process.wait()
    elif process.returncode:
        raise Stop("La préparation a échoué : voyez le message ci-dessus. « make reset » repart de zéro.")


def announce(port: int, logs: Path) -> None:
    known = OPCOS.get(os.environ.get("OPENOPCO_OPCO") or "mobilites", {})
    name = os.environ.get("OPENOPCO_OPCO_NAME") or known.get("name", "")
    product = os.environ.get("OPENOPCO_PRODUCT") or known.get("product", DEFAULT_PRODUCT)
    say(f"\n{product}, par {name} : démonstration, sur cette machine seulement\n\n  http://{HOST}:{port}/\n")
    for email, role in ACCOUNTS:
        say(f"  {email:<30} {role}")
    say(f"\nMot de passe : {PASSWORD}\n")
    say(f"Ctrl-C arrête tout. Journaux : {logs}")


def main() -> int:
    os.umask(0o077)
    # Whatever settings the terminal had: this is the demonstration, and only it.
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    var = Path(environment.get("OPENOPCO_VAR", "").strip() or ROOT / "var")
    try:
        port = read_port(environment)
        with only_one(var):
            refuse_taken(port)
            return _supervise(port, var / "log", environment)
    except Stop as stop:
        say(str(stop))
        return 1


def _supervise(port: int, logs: Path, environment: Mapping[str, str]) -> int:
    supervisor = Supervisor(children_for(port, logs), environment)
    supervisor.listen()
    prepare(supervisor)
    say("  Serveur et tâches…")
    try:
        if supervisor.run_until_ready(f"http://{HOST}:{port}"):
            announce(port, logs)
            supervisor.run()
    finally:
        supervisor.stop()
    say("Arrêté.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
