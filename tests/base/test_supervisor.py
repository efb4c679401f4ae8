"""`make run`'s supervisor: two children in groups of their own, raised again when they die, gone when it goes."""

import io
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openopco.demo import prepare, supervisor
from openopco.demo.accounts import ACCOUNTS
from openopco.demo.supervisor import Child, Stop, Supervisor
from tests.conftest import free_port

# The demonstration lives on SQLite, whatever the other tests run on.
pytestmark = pytest.mark.sqlite
SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]


def wait_until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never happened"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = (
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] if Path(f"/proc/{pid}").exists() else "X"
    )
    return status not in "ZX"


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    one = Child("test", SLEEPER, tmp_path / "log" / "test.log")
    yield one
    one.signal(signal.SIGKILL)
    if one.process is not None:
        one.process.wait()


def test_a_child_runs_in_a_group_of_its_own_with_its_words_in_a_file(child: Child) -> None:
    child.start(os.environ)
    assert child.process is not None
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgid(0)
    wait_until(lambda: "ready" in child.log.read_text())


def test_a_dead_child_is_started_again_after_a_pause(child: Child) -> None:
    keeper = Supervisor([child], os.environ)
    keeper.tend()
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive(first))
    wait_until(lambda: keeper.tend() is None and child.process is not None and child.process.pid != first)
    assert len(child.deaths) == 1


def test_a_child_that_keeps_dying_stops_everything_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child("web", [sys.executable, "-c", "print('no such table'); exit(3)"], tmp_path / "web.log")
    monkeypatch.setattr(supervisor, "DEATHS_ALLOWED", 1)
    keeper = Supervisor([child], os.environ)

    def tend_until_stop() -> None:
        for _ in range(1000):
            keeper.tend()
            keeper.wait(0.02)

    with pytest.raises(Stop, match="« web » s'arrête sans cesse") as stop:
        tend_until_stop()
    assert "no such table" in str(stop.value)


def test_old_deaths_are_forgotten(tmp_path: Path) -> None:
    child = Child("web", SLEEPER, tmp_path / "web.log", deaths=[time.monotonic() - 120.0] * 50)
    child.note_death()
    assert len(child.deaths) == 1


def test_stopping_ends_a_child_that_will_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.2)
    child = Child("test", STUBBORN, tmp_path / "test.log")
    keeper = Supervisor([child], os.environ)
    keeper.tend()
    assert child.process is not None
    wait_until(lambda: "ready" in child.log.read_text())
    keeper.stop()
    assert not alive(child.process.pid)


def test_a_log_too_large_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 10)
    path = tmp_path / "web.log"
    path.write_text("x" * 11)
    with supervisor._open_log(path) as log:
        log.write(b"new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("raw", ["", "abc", "0", "65536", "-1", "80 80", "²", "8000.0"])
def test_what_is_no_port_is_refused_with_what_to_type(raw: str) -> None:
    with pytest.raises(Stop, match="PORT=8001"):
        supervisor.read_port({"PORT": raw})


def test_the_port_is_8000_unless_told_otherwise() -> None:
    assert supervisor.read_port({}) == 8000
    assert supervisor.read_port({"PORT": "9123"}) == 9123


def test_a_port_that_is_taken_is_said_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=f"Le port {port} est déjà pris.*make run PORT="):
            supervisor.refuse_taken(port)
    supervisor.refuse_taken(free_port())


def test_two_at_once_on_the_same_data_are_refused(tmp_path: Path) -> None:
    with supervisor.only_one(tmp_path), pytest.raises(Stop, match="déjà en marche"), supervisor.only_one(tmp_path):
        pass
    with supervisor.only_one(tmp_path):
        assert stat.S_ISREG((tmp_path / "running.lock").stat().st_mode)


def test_the_web_listens_on_loopback_alone(tmp_path: Path) -> None:
    web, worker = supervisor.children_for(8123, tmp_path)
    assert web.command[web.command.index("--bind") + 1] == "127.0.0.1:8123"
    assert list(worker.command[1:]) == ["manage.py", "run_worker"]


def test_what_is_announced_holds_the_address_the_accounts_and_the_password(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    supervisor.announce(8123, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert "  http://127.0.0.1:8123/" in lines
    assert [line.split()[0] for line in lines if "@demo.example" in line] == [email for email, _ in ACCOUNTS]
    assert [line for line in lines if line.startswith("Mot de passe : ")] == [f"Mot de passe : {supervisor.PASSWORD}"]


def test_work_is_done_once_per_digest(tmp_path: Path, settings) -> None:
    settings.VAR = tmp_path
    (tmp_path / "static").mkdir()
    done: list[int] = []
    answers = [prepare.once_per_digest("static", digest, lambda: done.append(1)) for digest in ("a", "a", "b", "b")]
    assert answers == [True, False, True, False]
    assert len(done) == 2


def test_collected_files_that_were_removed_are_collected_again(tmp_path: Path, settings) -> None:
    settings.VAR = tmp_path
    assert prepare.once_per_digest("static", "a", lambda: None)
    assert prepare.once_per_digest("static", "a", lambda: None)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Stop, match="OPENOPCO_VAR : « .*/var » n'est pas un dossier"), supervisor.only_one(file / "var"):
        pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that came up from nothing, then was stopped: what it made is made once."""
    folder = tmp_path_factory.mktemp("prepared")
    process = start_whole(folder, free_port())
    try:
        read_until(process, "Ctrl-C")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        end(process)
    return folder


@pytest.fixture
def var(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test."""
    return Path(shutil.copytree(prepared, tmp_path / "var"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_whole_comes_up_raises_its_dead_and_goes_without_a_trace(var: Path, number: signal.Signals) -> None:
    port = free_port()
    process = start_whole(var, port)
    try:
        words = read_until(process, "Ctrl-C")
        assert f"http://127.0.0.1:{port}/" in words
        assert "\nMot de passe : " in words
        told = ("Préparation", "Base de données…", "Communes", "demandes inventées…", "Styles", "Serveur et tâches…")
        places = [words.index(each) for each in told]
        assert places == sorted(places)
        pids = children_of(process.pid)
        assert len(pids) == 2
        os.kill(pids[1], signal.SIGKILL)
        wait_until(lambda: len(set(children_of(process.pid)) - set(pids)) == 1)
        assert answer(port) == 200
        everyone = [
            *children_of(process.pid),
            *(pid for child in children_of(process.pid) for pid in children_of(child)),
        ]
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        wait_until(lambda: not any(alive(pid) for pid in everyone))
    finally:
        end(process)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["keys.json", "openopco.sqlite3"])
def test_what_is_prepared_is_its_owner_s_alone(prepared: Path, name: str) -> None:
    assert stat.S_IMODE((prepared / name).stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_supervisor_killed_leaves_no_orphan(var: Path) -> None:
    process = start_whole(var, free_port())
    try:
        read_until(process, "Ctrl-C")
        everyone = [
            *children_of(process.pid),
            *(pid for child in children_of(process.pid) for pid in children_of(child)),
        ]
        process.kill()
        process.wait()
        wait_until(lambda: not any(alive(pid) for pid in everyone))
    finally:
        end(process)


def start_whole(var: Path, port: int) -> "subprocess.Popen[str]":
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "DJANGO_", "TEST_"))
    }
    # Settings left in the terminal are not the demonstration's.
    environment |= {"OPENOPCO_VAR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, "-m", "openopco.demo.supervisor"]
    return subprocess.Popen(
        command, cwd=supervisor.ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def read_until(process: "subprocess.Popen[str]", word: str) -> str:
    assert isinstance(process.stdout, io.TextIOBase)
    text = ""
    for line in process.stdout:
        text += line
        if word in line:
            return text
    raise AssertionError(text)


def children_of(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def answer(port: int) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
        return int(response.status)
