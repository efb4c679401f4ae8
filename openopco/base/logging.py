"""Logs: one JSON line each, a static message, identifiers as fields, no personal data.

Fields that are not in ALLOWED never leave the process; a library's message is kept before its values are put in, and an
error as its class and place, since its words may quote what somebody typed."""

import logging
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

ALLOWED = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "user_id",
        "job",
        "job_id",
        "attempt",
        "error",
        "mail_id",
        "count",
        "number",
        "digest",
        "service",
        "worker",
        "sweep",
        "dossier_id",
        "document_id",
        "establishment_id",
        "provider_id",
        "membership_id",
        "code",
        "state",
        "size",
        "address",
        "kind",
    }
)
LONGEST_VALUE = 200


def keep_allowed(logger: Any, method: str, event: EventDict) -> EventDict:
    """Drops the fields nobody allowed, and the tail and the line breaks of those that are text."""
    return {key: _short(value) for key, value in event.items() if key in ALLOWED or key.startswith("_")}


def _short(value: Any) -> Any:
    return value.replace("\r", " ").replace("\n", " ")[:LONGEST_VALUE] if isinstance(value, str) else value


def name_error(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replaces an exception by its class and place."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    if info is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """Class and place of an error, never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


class StaticMessages(logging.Filter):
    """Keeps a library's message as it was written, without the values it would quote."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.msg, dict):
            record.msg, record.args = str(record.msg), None
        return True


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    name_error,
    keep_allowed,
]


def configure(level: str) -> dict[str, Any]:
    """Sets structlog up; returns the value of Django's LOGGING setting."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"static": {"()": StaticMessages}},
        "formatters": {
            "json": {"()": structlog.stdlib.ProcessorFormatter, "processors": _rendering(), "foreign_pre_chain": SHARED}
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["static"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Our own line per request says it already.
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
        },
    }


def _rendering() -> list[Processor]:
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
