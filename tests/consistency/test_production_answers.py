"""What production's settings put on every answer: pages, errors, static files."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.base.test_settings import GOOD

ROOT = Path(__file__).resolve().parents[2]
# On a file of its own.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]
# Asked of a whole process with production's settings; the database is an empty one.
SCRIPT = """
import json, logging
import django
django.setup()
logging.disable(logging.CRITICAL)
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0)
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="portail.example")
paths = ["/", "/connexion/", "/inscription/", "/conditions-generales/", "/tableau-de-bord/", "/gestion/", "/administration/",
         "/rien/", staticfiles_storage.url("css/tokens.css")]
def told(answer):
    body = b"".join(answer) if answer.streaming else answer.content
    cookies = {name: morsel.output(header="") for name, morsel in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.items()), "cookies": cookies, "size": len(body)}
found = {path: told(client.get(path, secure=True)) for path in paths}
found["http"] = told(client.get("/connexion/"))
found["host"] = told(client.get("/", secure=True, headers={"host": "evil.example"}))
def broken(*_): raise ZeroDivisionError
import openopco.web.context as context
context.Frame.identity = property(broken)
found["500"] = told(client.get("/", secure=True))
print("FOUND" + json.dumps(found))
"""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("production")
    environment = {
        "PATH": os.environ["PATH"],
        **GOOD,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
        "OPENOPCO_VAR": str(folder),
    }
    command = [sys.executable, "-c", SCRIPT]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]
    found: dict[str, Any] = json.loads(result.stdout.partition("FOUND")[2])
    return found


def test_every_answer_has_the_headers(answers: dict[str, Any]) -> None:
    for path, answer in answers.items():
        missing = {name for name, value in HEADERS.items() if answer["headers"].get(name) != value}
        assert missing == set(), path
        if path != "http":
            assert "max-age=31536000" in answer["headers"]["Strict-Transport-Security"], path


def test_pages_run_no_inline_script_and_are_framed_by_nobody(answers: dict[str, Any]) -> None:
    for path in ("/", "/connexion/", "/rien/", "500"):
        policy = answers[path]["headers"]["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answers[path]["headers"]["X-Frame-Options"] == "DENY", path


def test_statuses(answers: dict[str, Any]) -> None:
    assert answers["/rien/"]["status"] == 404
    assert answers["500"]["status"] == 500
    assert answers["host"]["status"] == 400
    assert answers["/tableau-de-bord/"]["status"] == 302


def test_plain_http_is_sent_to_https(answers: dict[str, Any]) -> None:
    assert answers["http"]["status"] == 301
    assert answers["http"]["headers"]["Location"] == "https://portail.example/connexion/"


def test_cookies_are_for_this_host_over_https_and_for_no_script(answers: dict[str, Any]) -> None:
    cookies = {name: line for answer in answers.values() for name, line in answer["cookies"].items()}
    assert cookies
    for name, line in cookies.items():
        assert name.startswith("__Host-"), name
        assert "Secure" in line
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Path=/" in line
        assert "Domain" not in line


def test_static_files_are_kept_for_ever(answers: dict[str, Any]) -> None:
    (path,) = (path for path in answers if path.startswith("/static/"))
    assert "immutable" in answers[path]["headers"]["Cache-Control"]
    assert answers[path]["cookies"] == {}
