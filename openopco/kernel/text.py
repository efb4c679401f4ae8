"""Text as people type it: cleaned before it is kept, folded before it is searched or sorted."""

import re
import unicodedata

from openopco.kernel.errors import InvalidValue

# Letters that no Unicode decomposition brings back to the plain alphabet.
PLAIN_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
# « ² » or « ① » aren't digits that somebody types in a number: they stay as they are, and are refused as such.
DECORATED = ("<super>", "<sub>", "<circle>")
# Joiners are part of words in some scripts; the other invisible characters only deceive the eye.
JOINERS = "\u200c\u200d"
SPACES = re.compile(r"\s+")
LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def fold(text: str) -> str:
    """The search and sort key of `text`: no case, no accent, no punctuation, single spaces.
    Folding twice changes nothing."""
    letters = _without_marks(_without_marks(text).casefold().translate(PLAIN_LETTERS))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def clean_line(raw: str) -> str:
    """One line fit to be kept: NFC, no invisible character, any run of white space is one space."""
    # What most people type, and what has been cleaned already.
    if raw.isascii() and raw.isprintable() and "  " not in raw:
        return raw.strip()
    return SPACES.sub(" ", unicodedata.normalize("NFC", _visible(SPACES.sub(" ", raw)))).strip()


def clean_text(raw: str) -> str:
    """Several lines fit to be kept: as `clean_line`, but line ends (as \\n), tabs and inner spaces stay."""
    lines = LINE_ENDS.sub("\n", raw).split("\n")
    return "\n".join(unicodedata.normalize("NFC", _visible(line)).rstrip() for line in lines).strip()


def refuse_too_long(text: str, most: int) -> str:
    """The text as given. Raises InvalidValue past `most` characters: nobody's words are cut."""
    if len(text) > most:
        raise InvalidValue(f"Ce texte est trop long : {most} caractères au plus, et il en compte {len(text)}.")
    return text


def typed(raw: str) -> str:
    """What somebody meant by `raw`, for parsers: full-width digits, odd spaces and invisible characters made plain."""
    if raw.isascii():
        return clean_line(raw)
    plain = "".join(letter if _is_decorated(letter) else unicodedata.normalize("NFKC", letter) for letter in raw)
    return clean_line(plain)


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter == "\t" or letter in JOINERS or _is_kept(letter))


def _is_kept(letter: str) -> bool:
    """Controls, formats (bidi, zero width) and lone surrogates aren't: no database or file would keep them safely."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}


def _is_decorated(letter: str) -> bool:
    return unicodedata.decomposition(letter).startswith(DECORATED)


def _without_marks(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
