"""Logs are JSON lines that hold nothing of anybody."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from openopco.base import logging as house


@pytest.fixture
def lines() -> Iterator[Any]:
    stream = io.StringIO()
    options = house.configure("INFO")
    options["handlers"]["stderr"]["stream"] = stream
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    logging.config.dictConfig(options)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_a_line_has_its_message_level_time_and_fields(lines: Any) -> None:
    structlog.get_logger("openopco.test").info("job done", job="mail.send", job_id=4)
    (line,) = lines()
    assert (line["event"], line["level"], line["job"], line["job_id"]) == ("job done", "info", "mail.send", 4)
    assert line["logger"] == "openopco.test"
    assert line["timestamp"].endswith("Z")


def test_a_field_nobody_allowed_is_dropped(lines: Any) -> None:
    structlog.get_logger("t").warning("oops", email="alice@garage.example", nir="295010102500", status=500)
    assert "alice" not in str(lines())
    assert "29501" not in str(lines())
    assert lines()[0]["status"] == 500


def test_a_line_stays_one_line_and_short(lines: Any) -> None:
    structlog.get_logger("t").info("x", error='Broken\r\n{"event": "forged"}' + "y" * 1000)
    (line,) = lines()
    assert len(line["error"]) <= 200
    assert "\n" not in line["error"]


def test_an_exception_is_its_class_and_place_never_its_words(lines: Any) -> None:
    try:
        raise ValueError("alice@garage.example")
    except ValueError:
        structlog.get_logger("t").exception("failed")
        logging.getLogger("library").exception("it broke for %s", "alice@garage.example")
    assert "alice" not in str(lines())
    assert [line["error"].split(":")[0] for line in lines()] == ["ValueError at test_logging.py"] * 2


def test_a_library_s_message_is_kept_without_its_values(lines: Any) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/reinitialiser/token/")
    assert [line["event"] for line in lines()] == ["Internal Server Error: %s"]


def test_the_request_s_id_is_on_every_line(lines: Any) -> None:
    structlog.contextvars.bind_contextvars(request_id="abc", email="alice@garage.example")
    structlog.get_logger("t").info("x")
    (line,) = lines()
    assert line["request_id"] == "abc"
    assert "email" not in line


def test_what_is_below_the_level_is_not_written(lines: Any) -> None:
    structlog.get_logger("t").debug("x")
    logging.getLogger("library").debug("x")
    assert lines() == []
