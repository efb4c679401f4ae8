"""The characters that every bank of the SEPA area accepts (EPC217-08), and how French is written with them."""

import re
import unicodedata

from openopco.kernel.text import PLAIN_LETTERS

MOST_REFERENCE, MOST_NAME, MOST_REMITTANCE = 35, 70, 140
ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_UPPER_LETTERS = {
    ord(chr(code).upper()): letters.upper() for code, letters in PLAIN_LETTERS.items() if code != ord("ı")
}
_WORDS = str.maketrans(
    {
        "&": "+", "_": "-", "–": "-", "—": "-", "−": "-", "‑": "-", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
        "«": "'", "»": "'", "“": "'", "”": "'", '"': "'", "…": "...", "€": "EUR", "[": "(", "]": ")", "{": "(", "}": ")",
        ";": ",", "ß": "ss", "ẞ": "SS",
    }
)  # fmt: skip


def to_sepa(text: str) -> str:
    """`text` as any bank of the area takes it: accents off, signs written with the nearest ones allowed, a full stop for
    what has none, single spaces. Doing it twice changes nothing. It is no shorter than it must be: the caller cuts."""
    # What has been written so already, and most references.
    if ALLOWED.fullmatch(text) and "  " not in text:
        return text.strip()
    plain = text.translate(_WORDS).translate(PLAIN_LETTERS).translate(_UPPER_LETTERS)
    letters = (letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    spaced = " ".join("".join(letters).split())
    return " ".join(_REFUSED.sub(".", spaced.translate(_WORDS)).split())


def name_in_sepa(name: str) -> str:
    """The name of an account's holder, cut where the area's rule says. Raises ValueError where nothing of it is left."""
    written = to_sepa(name)[:MOST_NAME].strip()
    if not any(letter.isalnum() for letter in written):
        raise ValueError("a name of which no letter can be written")
    return written


def is_text(text: str, most: int) -> bool:
    """Whether a bank will take `text` as it is, in a field of `most` characters."""
    return 0 < len(text) <= most and text == text.strip() and ALLOWED.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Whether `text` can identify a file or a transfer: as `is_text`, and its slashes neither at an end nor doubled."""
    return is_text(text, MOST_REFERENCE) and not text.startswith("/") and not text.endswith("/") and "//" not in text
