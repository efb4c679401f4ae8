"""Settings come from the environment; a wrong value stops the start with a sentence that names it."""

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import checks
from config.settings.keys import demo_keys

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "OPENOPCO_HOSTS": "portail.example,www.portail.example",
    "OPENOPCO_SECRET_KEY": "s3cret" * 12,
    "OPENOPCO_VAULT_KEYS": f"k2:{KEY},k1:{KEY}",
    "OPENOPCO_BLIND_INDEX_KEY": KEY,
    "DATABASE_URL": "postgres://portail@127.0.0.1:1/portail",
    "EMAIL_URL": "smtp+tls://user:pass@mail.example:587",
    "OPENOPCO_MAIL_FROM": "ne-pas-repondre@portail.example",
}
WANTED = [
    "DEBUG", "DEMO", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE",
    "X_FRAME_OPTIONS", "SECURE_PROXY_SSL_HEADER", "CONTENT_SECURITY_POLICY", "MAIL_TRANSPORT", "EMAIL_HOST",
    "EMAIL_USE_TLS", "PASSWORD_HASHERS", "SECURE_REFERRER_POLICY", "SECURE_CROSS_ORIGIN_OPENER_POLICY", "VAULT_KEYS",
    "SECURE_CONTENT_TYPE_NOSNIFF", "MAIL_DOMAIN", "REGISTRY", "OPENOPCO_MFA_REQUIRED", "PUBLIC_URL", "DATABASES",
]  # fmt: skip


def start(module: str, variables: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The settings of a fresh process with these variables alone, or the last line of its refusal."""
    code = (
        f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {WANTED}}}))"
    )
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": module, **variables}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return (json.loads(result.stdout) if result.returncode == 0 else {}), result.stderr.strip().rpartition("\n")[2]


@pytest.fixture(scope="module")
def production() -> dict[str, Any]:
    values, refusal = start("config.settings.production", GOOD)
    assert refusal == ""
    return values


def test_production_speaks_https_alone(production: dict[str, Any]) -> None:
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert production["CSRF_TRUSTED_ORIGINS"] == ["https://portail.example", "https://www.portail.example"]


def test_production_cookies_are_bound_to_the_host(production: dict[str, Any]) -> None:
    assert production["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert production["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert production["SESSION_COOKIE_SECURE"]
    assert production["CSRF_COOKIE_SECURE"]
    assert production["SESSION_COOKIE_HTTPONLY"]


def test_production_is_neither_a_demonstration_nor_in_debug(production: dict[str, Any]) -> None:
    assert (production["DEBUG"], production["DEMO"], production["MAIL_TRANSPORT"]) == (False, False, "smtp")


def test_no_page_may_run_inline_script_or_style(production: dict[str, Any]) -> None:
    directives = production["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["object-src"] == ["'none'"]
    assert "unsafe" not in json.dumps(directives)


def test_headers_of_production(production: dict[str, Any]) -> None:
    assert production["X_FRAME_OPTIONS"] == "DENY"
    assert production["SECURE_CONTENT_TYPE_NOSNIFF"]
    assert production["SECURE_REFERRER_POLICY"] == "same-origin"
    assert production["SECURE_CROSS_ORIGIN_OPENER_POLICY"] == "same-origin"


def test_passwords_are_hashed_by_argon2(production: dict[str, Any]) -> None:
    assert "Argon2" in production["PASSWORD_HASHERS"][0]


def test_mail_and_vault_come_from_the_environment(production: dict[str, Any]) -> None:
    assert (production["EMAIL_HOST"], production["EMAIL_USE_TLS"]) == ("mail.example", True)
    assert production["MAIL_DOMAIN"] == "portail.example"
    assert production["VAULT_KEYS"] == [f"k2:{KEY}", f"k1:{KEY}"]


@pytest.mark.parametrize("variable", sorted(GOOD))
def test_production_does_not_start_without(variable: str) -> None:
    values, refusal = start(
        "config.settings.production", {name: value for name, value in GOOD.items() if name != variable}
    )
    assert values == {}
    assert "ImproperlyConfigured" in refusal
    assert variable in refusal


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENOPCO_HOSTS", "*"),
        ("OPENOPCO_HOSTS", "https://portail.example"),
        ("OPENOPCO_SECRET_KEY", "short"),
        ("OPENOPCO_VAULT_KEYS", "k1:short"),
        ("OPENOPCO_VAULT_KEYS", f"k1:{KEY},k1:{KEY}"),
        ("OPENOPCO_BLIND_INDEX_KEY", "!!"),
        ("DATABASE_URL", "mysql://x@127.0.0.1/x"),
        ("EMAIL_URL", "https://mail.example"),
        ("OPENOPCO_HSTS_SECONDS", "un an"),
        ("OPENOPCO_HTTPS_REDIRECT", "peut-être"),
        ("OPENOPCO_LOG_LEVEL", "LOUD"),
        ("OPENOPCO_PREPARED_STATEMENTS", "parfois"),
        ("OPENOPCO_MFA_REQUIRED", "0"),
        ("OPENOPCO_MFA_REQUIRED", "non"),
        ("OPENOPCO_REGISTRY", "embedded"),
        ("OPENOPCO_REGISTRY", "ftp"),
        ("OPENOPCO_PUBLIC_URL", "http://portail.example"),
        ("OPENOPCO_PUBLIC_URL", "https://"),
        ("OPENOPCO_PUBLIC_URL", "portail.example"),
        ("OPENOPCO_PUBLIC_URL", "https://portail.example:99999"),
        ("OPENOPCO_PUBLIC_URL", "https://x@portail.example"),
        ("OPENOPCO_PUBLIC_URL", "https://portail.example/sous/dossier"),
        ("OPENOPCO_MAIL_FROM", "personne"),
        ("OPENOPCO_MAIL_FROM", "Portail <portail.example>"),
        ("DATABASE_URL", "postgres://portail@127.0.0.1"),
        ("DATABASE_URL", "postgres://portail@127.0.0.1:abc/portail"),
        ("DATABASE_URL", "sqlite://"),
        ("OPENOPCO_VAR", "/dev/null/var"),
    ],
)
def test_production_does_not_start_with_a_wrong_value(variable: str, value: str) -> None:
    values, refusal = start("config.settings.production", {**GOOD, variable: value})
    assert values == {}
    assert variable in refusal


def test_a_refused_database_is_named_without_its_secret() -> None:
    _, refusal = start("config.settings.production", {**GOOD, "DATABASE_URL": "mysql://portail:motsecret@hote/base"})
    assert "« mysql:// » trouvé" in refusal
    assert "sqlite:////chemin/base.sqlite3 ou postgres://" in refusal
    assert "motsecret" not in refusal


def test_production_asks_the_real_registries_and_a_second_factor(production: dict[str, Any]) -> None:
    assert (production["REGISTRY"], production["OPENOPCO_MFA_REQUIRED"]) == ("http", True)
    assert production["PUBLIC_URL"] == "https://portail.example"


def test_statements_are_kept_prepared_unless_a_pooler_forbids_it(production: dict[str, Any]) -> None:
    assert production["DATABASES"]["default"]["OPTIONS"] == {"prepare_threshold": 1}
    with_ssl = {"DATABASE_URL": f"{GOOD['DATABASE_URL']}?sslmode=verify-full", "OPENOPCO_PREPARED_STATEMENTS": "non"}
    values, _ = start("config.settings.production", {**GOOD, **with_ssl})
    assert values["DATABASES"]["default"]["OPTIONS"] == {"sslmode": "verify-full"}


def test_production_takes_a_public_address_with_a_port_and_a_sender_with_a_name() -> None:
    asked = {"OPENOPCO_PUBLIC_URL": "https://portail.example:8443/", "OPENOPCO_MAIL_FROM": "Le portail <a@b.example>"}
    values, refusal = start("config.settings.production", {**GOOD, **asked})
    assert refusal == ""
    assert (values["PUBLIC_URL"], values["MAIL_DOMAIN"]) == ("https://portail.example:8443", "b.example")


WRONG_ANYWHERE = [
    ("OPENOPCO_PUBLIC_URL", "ftp://portail.example"),
    ("OPENOPCO_MAIL_FROM", "personne"),
    ("DATABASE_URL", "oracle://x@127.0.0.1/x"),
    ("OPENOPCO_VAR", "/dev/null/var"),
]


@pytest.mark.parametrize(("variable", "value"), WRONG_ANYWHERE)
def test_the_demonstration_does_not_start_with_a_wrong_value_either(tmp_path: Path, variable: str, value: str) -> None:
    values, refusal = start("config.settings.dev", {"OPENOPCO_VAR": str(tmp_path), variable: value})
    assert values == {}
    assert f"{variable} : " in refusal


@pytest.mark.parametrize("url", ["postgres://portail@127.0.0.1:1/portail", "sqlite:///{elsewhere}/base.sqlite3"])
@pytest.mark.parametrize(
    "command", [["manage.py", "migrate"], ["manage.py", "load_demo"], ["-m", "openopco.demo.prepare"]]
)
def test_the_demonstration_touches_no_database_but_its_own(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, url: str, command: list[str]
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environment = {
        "PATH": os.environ["PATH"],
        "OPENOPCO_VAR": str(tmp_path),
        "DATABASE_URL": url.format(elsewhere=elsewhere),
    }
    result = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 1
    assert "DATABASE_URL : la démonstration n'écrit que dans une base SQLite à elle" in result.stderr
    assert list(elsewhere.iterdir()) == []
    if command[0] == "-m":
        assert "Traceback" not in result.stderr


def test_the_demonstration_is_not_prepared_with_the_settings_of_production(tmp_path: Path) -> None:
    base = tmp_path / "base.sqlite3"
    asked = {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DATABASE_URL": f"sqlite:///{base}"}
    environment = {"PATH": os.environ["PATH"], **GOOD, **asked, "OPENOPCO_VAR": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-m", "openopco.demo.prepare"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("DJANGO_SETTINGS_MODULE : la démonstration a ses propres réglages.")
    assert not base.exists()


def test_the_demonstration_takes_a_database_of_its_own_folder(tmp_path: Path) -> None:
    values, refusal = start(
        "config.settings.dev",
        {
            "OPENOPCO_VAR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/autre.sqlite3",
            "OPENOPCO_MFA_REQUIRED": "0",
        },
    )
    assert refusal == ""
    assert values["DEMO"] is True


@pytest.mark.parametrize("host", ["0.0.0.0", "portail.example", "192.168.1.10", "*", "127.0.0.1.evil.example"])
def test_the_demonstration_refuses_any_address_but_loopback(tmp_path: Path, host: str) -> None:
    values, refusal = start("config.settings.dev", {"OPENOPCO_VAR": str(tmp_path), "OPENOPCO_HOSTS": host})
    assert values == {}
    assert "la démonstration ne répond que sur cette machine" in refusal


def test_the_demonstration_starts_with_nothing_set(tmp_path: Path) -> None:
    values, refusal = start("config.settings.dev", {"OPENOPCO_VAR": str(tmp_path / "var")})
    assert refusal == ""
    assert (values["DEMO"], values["DEBUG"], values["MAIL_TRANSPORT"]) == (True, False, "demo")
    assert values["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert "unsafe" not in json.dumps(values["CONTENT_SECURITY_POLICY"])


def test_demo_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    keys = demo_keys(tmp_path / "var")
    assert demo_keys(tmp_path / "var") == keys
    assert len(set(keys.values())) == 3
    assert stat.S_IMODE((tmp_path / "var" / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["keys.json"]


def test_a_process_that_comes_second_takes_the_keys_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = demo_keys(tmp_path)
    with monkeypatch.context() as patch:
        answers = iter([False, True])
        patch.setattr(Path, "exists", lambda self: next(answers, True))
        assert demo_keys(tmp_path) == first


class TestReading:
    @pytest.fixture
    def env(self, monkeypatch: pytest.MonkeyPatch) -> environ.Env:
        for name, value in {"N": "12", "BAD": "1e3", "YES": "oui", "NO": "0", "ODD": "2", "BLANK": "  "}.items():
            monkeypatch.setenv(name, value)
        return environ.Env()

    def test_numbers_within_bounds(self, env: environ.Env) -> None:
        assert checks.integer(env, "N", 1, least=0, most=12) == 12
        assert checks.integer(env, "ABSENT", 7, least=0, most=12) == 7
        for variable in ("BAD", "BLANK"):
            with pytest.raises(ImproperlyConfigured, match=variable):
                checks.integer(env, variable, 1, least=0, most=99)
        with pytest.raises(ImproperlyConfigured, match="de 0 à 5"):
            checks.integer(env, "N", 1, least=0, most=5)

    def test_yes_and_no(self, env: environ.Env) -> None:
        assert checks.flag(env, "YES", False)
        assert not checks.flag(env, "NO", True)
        assert checks.flag(env, "ABSENT", True)
        with pytest.raises(ImproperlyConfigured, match="ODD"):
            checks.flag(env, "ODD", True)

    def test_a_blank_value_is_no_value(self, env: environ.Env) -> None:
        with pytest.raises(ImproperlyConfigured, match="BLANK"):
            checks.required(env, "BLANK", "pour voir")

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "localhost"])
    def test_this_machine(self, host: str) -> None:
        assert checks.is_loopback(host)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", ""])
    def test_another_machine(self, host: str) -> None:
        assert not checks.is_loopback(host)


def test_a_refused_setting_under_manage_py_is_one_sentence() -> None:
    environment = {"PATH": os.environ["PATH"], "OPENOPCO_OPCO": "inconnu"}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.startswith("OPENOPCO_OPCO='inconnu' n'est pas connu.")
    assert "Traceback" not in result.stderr


def test_make_reset_erases_only_what_the_demonstration_made(tmp_path: Path) -> None:
    def reset() -> int:
        environment = {"PATH": os.environ["PATH"], "OPENOPCO_VAR": str(tmp_path / "papiers")}
        return subprocess.run(
            ["make", "reset"], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False
        ).returncode

    folder = tmp_path / "papiers"
    folder.mkdir()
    (folder / "these.odt").touch()
    assert reset() != 0
    assert (folder / "these.odt").exists()
    (folder / "these.odt").unlink()
    for name in ("keys.json", "openopco.sqlite3"):
        (folder / name).touch()
    assert reset() == 0
    assert not folder.exists()
