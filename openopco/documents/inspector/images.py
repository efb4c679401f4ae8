"""Pictures: opened by one decoder, turned upright, and rebuilt from their pixels alone: nothing else comes along
(where the photo was taken, which phone took it, thumbnails, comments, whatever was glued behind)."""

import io
import math
import warnings

import pillow_heif
from PIL import Image, ImageOps

from openopco.documents.inspector.verdict import Facts, Refusal
from openopco.documents.refusals import RefusalCode
from openopco.documents.rules import LIMITS, MEGABYTE

# Our own count of pixels comes first; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}
_PLAIN_MODES = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}}
_JPEG_QUALITY = 88


def inspect_image(content: bytes, kind: str) -> Facts:
    """`kind`: jpeg, png or heic. Raises `Refusal`."""
    if kind == "heic":
        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Facts(kind, 1, _rebuild(content, kind))
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, ArithmeticError) as error:
        raise Refusal(RefusalCode.DAMAGED) from error


def _rebuild(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image:
        if image.width * image.height > LIMITS.image_megapixels * 1_000_000:
            raise Refusal(RefusalCode.TOO_MANY_PIXELS)
        image.load()
        upright = ImageOps.exif_transpose(image)
    rebuilt = _encode(_shrink(upright), "PNG" if kind == "png" else "JPEG")
    if len(rebuilt) > 2 * LIMITS.file_megabytes * MEGABYTE:
        raise Refusal(RefusalCode.TOO_COMPLEX)
    return rebuilt


def _shrink(image: Image.Image) -> Image.Image:
    excess = image.width * image.height / (LIMITS.kept_megapixels * 1_000_000)
    if excess <= 1:
        return image
    side = 1 / math.sqrt(excess)
    return image.resize((max(1, int(image.width * side)), max(1, int(image.height * side))))


def _encode(image: Image.Image, file_format: str) -> bytes:
    if image.mode not in _PLAIN_MODES[file_format]:
        image = image.convert("RGB" if file_format == "JPEG" or "A" not in image.getbands() else "RGBA")
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    if file_format == "JPEG":
        image.save(out, "JPEG", quality=_JPEG_QUALITY)
    else:
        image.save(out, "PNG", compress_level=6)
    return out.getvalue()
