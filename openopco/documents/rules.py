"""What may be uploaded, under which name, and how much. Pure: page, code and documentation read this one table."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from openopco.kernel.nir import find_nir

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of the upload door. Megabytes are of 1,048,576 bytes, as the file managers of most people count."""

    file_megabytes: int = 10
    name_length: int = 120
    pdf_pages: int = 500
    pdf_objects: int = 150_000
    # A PDF may unpack to the first figure whatever its size; beyond, to `ratio` times its size, never past the last.
    unpacked_free_megabytes: int = 50
    unpacked_ratio: int = 100
    unpacked_megabytes: int = 500
    image_megapixels: int = 60
    # A photo is kept at this size at most: an A4 page at 500 dots per inch.
    kept_megapixels: int = 24
    owner_files: int = 40
    owner_megabytes: int = 150
    uploader_day_files: int = 400
    uploader_day_megabytes: int = 1000
    child_memory_megabytes: int = 1024
    child_cpu_seconds: int = 10
    child_wall_seconds: int = 20
    # A page shown beside what is keyed: an A4 at 150 dots per inch, the first few alone.
    picture_pages: int = 3
    picture_width: int = 1240
    picture_height: int = 1754
    picture_megabytes: int = 4
    picture_cpu_seconds: int = 6
    picture_wall_seconds: int = 10

    @property
    def file_bytes(self) -> int:
        return self.file_megabytes * MEGABYTE


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Kind:
    """One accepted kind of file: the extensions it may bear, and what it is kept as (its first extension, then)."""

    code: str
    label: str
    extensions: tuple[str, ...]
    content_type: str
    kept_extension: str


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF", ("pdf",), "application/pdf", "pdf"),
        Kind("jpeg", "JPEG", ("jpg", "jpeg", "jpe"), "image/jpeg", "jpg"),
        Kind("png", "PNG", ("png",), "image/png", "png"),
        Kind("heic", "HEIC", ("heic", "heif"), "image/jpeg", "jpg"),
    )
}
ACCEPT = ",".join(f".{extension}" for kind in KINDS.values() for extension in kind.extensions)

_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_WINDOWS_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_DROPPED = {"Cc", "Cf"}
# What a piece is called whose own name can't be kept.
NEUTRAL = "piece"
_BLANKED = {"Co", "Cs", "Cn", "Zl", "Zp"}


def clean_name(raw: str) -> str:
    """The name a person gave, safe to show and to send back: no folder, no invisible or direction-changing character,
    nothing a file system refuses, at most `LIMITS.name_length` characters, its extension kept."""
    path = unicodedata.normalize("NFC", _visible(raw)).replace("\\", "/")
    base = _FORBIDDEN_IN_NAMES.sub("", path.rsplit("/", 1)[-1])
    stem, extension = _split(" ".join(base.split()).strip(". "))
    if not stem or _WINDOWS_DEVICES.match(stem):
        stem = f"document {stem}".strip()
    room = LIMITS.name_length - len(extension) - 1
    return f"{stem[:room].rstrip('. ')}.{extension}" if extension else stem[: LIMITS.name_length].rstrip(". ")


def extension_of(name: str) -> str:
    """The extension of a cleaned name, in lower case, without its dot; empty where there is none."""
    return _split(name)[1].lower()


def kind_for_extension(extension: str) -> Kind | None:
    return next((kind for kind in KINDS.values() if extension in kind.extensions), None)


def kept_name(name: str, kind: Kind) -> str:
    """The name under which a file of this kind is kept: IMG_1.HEIC becomes IMG_1.jpg, since that is what it now is; one
    that holds a NIR becomes piece.jpg."""
    if find_nir(_split(name)[0]):
        return f"{NEUTRAL}.{kind.kept_extension}"
    if extension_of(name) in kind.extensions and kind.kept_extension in kind.extensions:
        return name
    return f"{_split(name)[0]}.{kind.kept_extension}"


def name_to_tell(raw: str) -> str:
    """What to call a file that is not kept: its cleaned name, a neutral word where it holds a NIR."""
    name = clean_name(raw)
    stem, extension = _split(name)
    if not find_nir(stem):
        return name
    return f"{NEUTRAL}.{extension}" if extension else NEUTRAL


def is_bomb(size: int, unpacked: int) -> bool:
    """Whether `size` bytes that unpack to `unpacked` bytes are beyond what an honest document does."""
    if unpacked <= LIMITS.unpacked_free_megabytes * MEGABYTE:
        return False
    return unpacked > LIMITS.unpacked_megabytes * MEGABYTE or unpacked > size * LIMITS.unpacked_ratio


def owner_has_room(files: int, total_bytes: int, added_bytes: int) -> bool:
    """Whether an owner (a dossier, say) that has `files` files of `total_bytes` may take one more of `added_bytes`."""
    return files < LIMITS.owner_files and total_bytes + added_bytes <= LIMITS.owner_megabytes * MEGABYTE


def uploader_has_room(files: int, total_bytes: int, added_bytes: int) -> bool:
    """The same over the last 24 hours of one person, whatever the owners."""
    return files < LIMITS.uploader_day_files and total_bytes + added_bytes <= LIMITS.uploader_day_megabytes * MEGABYTE


def limits_in_words(files: int = LIMITS.owner_files) -> str:
    """The sentence of every upload page. `files`: how many its owner carries at most."""
    labels = [kind.label for kind in KINDS.values()]
    types = f"{', '.join(labels[:-1])} ou {labels[-1]}"
    return f"{types}, {LIMITS.file_megabytes} Mo au plus par fichier, {files} fichiers au plus."


def limits_table() -> list[tuple[str, str]]:
    """Every limit and its value in words: docs/pieces-jointes.md shows this table."""
    extensions = ", ".join(f".{extension}" for kind in KINDS.values() for extension in kind.extensions)
    return [
        ("Types acceptés", f"{', '.join(kind.label for kind in KINDS.values())} ({extensions})"),
        ("Taille d'un fichier", f"{LIMITS.file_megabytes} Mo"),
        ("Fichiers d'un même dossier", f"{LIMITS.owner_files}, {LIMITS.owner_megabytes} Mo en tout"),
        (
            "Dépôts d'une personne en 24 heures",
            f"{LIMITS.uploader_day_files} fichiers, {LIMITS.uploader_day_megabytes} Mo",
        ),
        ("Pages d'un PDF", str(LIMITS.pdf_pages)),
        (
            "Taille d'un PDF une fois déployé",
            f"{LIMITS.unpacked_free_megabytes} Mo, ou {LIMITS.unpacked_ratio} fois sa taille "
            f"sans dépasser {LIMITS.unpacked_megabytes} Mo",
        ),
        ("Définition d'une image", f"{LIMITS.image_megapixels} millions de pixels"),
        ("Définition gardée d'une photo", f"{LIMITS.kept_megapixels} millions de pixels"),
        ("Longueur d'un nom de fichier", f"{LIMITS.name_length} caractères"),
    ]


def _visible(raw: str) -> str:
    kept = (c for c in raw if unicodedata.category(c) not in _DROPPED)
    return "".join(" " if unicodedata.category(c) in _BLANKED else c for c in kept)


def _split(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    suffix = path.suffix[1:]
    if not re.fullmatch(r"[A-Za-z0-9]{1,10}", suffix):
        return name, ""
    return path.stem, suffix
