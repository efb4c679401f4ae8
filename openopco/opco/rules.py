"""Pure checks of what people send to this room."""

from urllib.parse import unquote, urlsplit

from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco.errors import EmptyFeedback, FeedbackTooLong, WrongRating

MAX_BODY = 4000
MAX_PAGE = 200
FEEDBACK_PER_HOUR = 5
HOUR = 3600.0


def feedback_page(raw: str) -> str:
    """The path of the page that an opinion is about: no host, no query (it may hold a name or a token), no control
    characters. « / » for anything else."""
    path = unquote(urlsplit(raw.strip()).path) if _is_readable(raw) else ""
    clean = "".join(character for character in path if character.isprintable())[:MAX_PAGE]
    return clean if clean.startswith("/") and not clean.startswith("//") else "/"


def feedback_rating(raw: str | int | None) -> int | None:
    """A note from 1 to 5, or None where nothing was chosen. Raises WrongRating."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        return None
    if text not in {"1", "2", "3", "4", "5"}:
        raise WrongRating
    return int(text)


def feedback_body(raw: str, rating: int | None) -> str:
    """The words, tidied. Raises EmptyFeedback where there is neither word nor note, FeedbackTooLong over 4,000."""
    body = refuse_nir(clean_text(raw))
    if not body and rating is None:
        raise EmptyFeedback
    if len(body) > MAX_BODY:
        raise FeedbackTooLong
    return body


def recent(moments: list[float], now: float) -> list[float]:
    """Those of the moments (seconds) that are less than an hour old."""
    return [moment for moment in moments if 0 <= now - moment < HOUR]


def _is_readable(raw: str) -> bool:
    try:
        urlsplit(raw.strip())
    except ValueError:
        return False
    return True
