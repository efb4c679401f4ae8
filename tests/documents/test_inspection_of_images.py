"""Pictures are rebuilt from their pixels: what they show stays, what they tell on the side goes."""

import io
import time

import pytest
from PIL import Image

from openopco.documents.inspect import examine
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import LIMITS

from . import hostile


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photo_forgets_where_and_with_what_it_was_taken() -> None:
    source = hostile.exif_photo()
    assert b"PhoneMaker" in source
    file = examine("photo.jpg", [source])
    assert not opened(file.content).getexif()
    assert b"PhoneMaker" not in file.content
    assert b"comment of the phone" not in file.content
    assert file.sha256 != file.source_sha256


def test_a_photo_taken_sideways_is_kept_upright() -> None:
    picture = opened(examine("photo.jpg", [hostile.exif_photo()]).content)
    assert picture.size == (40, 80)
    assert picture.getpixel((20, 5))[0] > 200  # type: ignore[index]
    assert picture.getpixel((20, 5))[1] < 60  # type: ignore[index]
    assert picture.getpixel((20, 70))[1] > 200  # type: ignore[index]


def test_an_iphone_photo_becomes_a_jpeg() -> None:
    source = hostile.image(Image.new("RGB", (64, 48), (0, 120, 200)), "HEIF")
    file = examine("IMG_0042.HEIC", [source])
    assert (file.name, file.kind, file.content_type) == ("IMG_0042.jpg", "heic", "image/jpeg")
    picture = opened(file.content)
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert abs(picture.getpixel((30, 20))[2] - 200) < 20  # type: ignore[index]


def test_a_heic_photo_forgets_its_exif() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    source = hostile.image(hostile.noise(64, 48), "HEIF", exif=exif.tobytes())
    assert b"PhoneMaker" in source
    assert b"PhoneMaker" not in examine("a.heic", [source]).content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_read(mode: str) -> None:
    picture = Image.new(mode, (30, 20)) if mode != "P" else hostile.noise(30, 20).quantize(8)
    file = examine("a.png", [hostile.image(picture, "PNG")])
    assert (opened(file.content).format, opened(file.content).size) == ("PNG", (30, 20))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_mode_of_jpeg_is_read(mode: str) -> None:
    file = examine("a.jpeg", [hostile.image(hostile.noise(30, 20, mode), "JPEG")])
    assert opened(file.content).mode in {"L", "RGB"}


def test_the_texts_of_a_png_go() -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Jeanne Secret")
    source = hostile.image(hostile.noise(20, 20), "PNG", pnginfo=notes)
    assert b"Jeanne Secret" in source
    assert b"Jeanne Secret" not in examine("a.png", [source]).content


def test_what_is_glued_behind_a_picture_goes() -> None:
    file = examine("a.jpg", [hostile.jpeg() + b"<script>alert(1)</script>" * 10])
    assert b"script" not in file.content


def test_a_png_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    content = hostile.flood_png(50_000, 50_000)
    assert len(content) < 1_000_000
    start = time.monotonic()
    with pytest.raises(RefusedFile) as caught:
        examine("a.png", [content])
    assert caught.value.code == RefusalCode.TOO_MANY_PIXELS
    assert time.monotonic() - start < 5
    assert str(LIMITS.image_megapixels) in caught.value.message


def test_a_photo_of_48_million_pixels_is_brought_down_to_a_readable_size() -> None:
    source = hostile.image(Image.new("RGB", (8000, 6000), "gray"), "JPEG")
    width, height = opened(examine("a.jpg", [source]).content).size
    assert width * height <= LIMITS.kept_megapixels * 1_000_000
    assert width / height == pytest.approx(8 / 6, rel=0.01)
    assert width > 5000


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", hostile.jpeg(300, 300)), ("a.png", hostile.png(300, 300)), ("a.heic", hostile.heic(256, 256))],
)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_a_truncated_picture_is_refused(name: str, content: bytes, part: float) -> None:
    cut = max(16, int(len(content) * part))
    with pytest.raises(RefusedFile) as caught:
        examine(name, [content[:cut]])
    assert caught.value.code == RefusalCode.DAMAGED


def test_several_frames_leave_one() -> None:
    frames = [hostile.noise(20, 20), Image.new("RGB", (20, 20), "red")]
    source = hostile.image(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert getattr(opened(source), "n_frames", 1) == 2
    assert getattr(opened(examine("a.png", [source]).content), "n_frames", 1) == 1
