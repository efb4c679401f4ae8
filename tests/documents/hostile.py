"""Files as they come: honest ones, and those made to harm. All built here, none collected."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

pillow_heif.register_heif_opener()


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, *, pages: int = 1, **options: object) -> bytes:
    """A PDF of blank pages, after `change`."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def raw_pdf(*objects: str, head: str = "%PDF-1.7\n") -> bytes:
    """A PDF written by hand, so that names keep their odd spelling. The first object is the catalogue."""
    out, places = head, []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
            f"startxref\n{len(out)}\n%%EOF\n").encode("latin-1")  # fmt: skip


def pdf_with_stream(raw: bytes, filters: list[str], **keys: object) -> bytes:
    """A PDF whose page shows one stream of these raw bytes under these filters."""

    def add(document: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(document, raw)
        stream.Filter = Array([Name(name) for name in filters])
        for key, value in keys.items():
            stream[f"/{key}"] = value
        document.pages[0].obj.Contents = document.make_indirect(stream)

    return pdf(add, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def deflated(size: int, times: int = 1) -> bytes:
    """`size` zero bytes (whole mebibytes), deflated `times` times over; made in no time, and never held whole."""
    packer, block = zlib.compressobj(9, wbits=-15), 1 << 20
    piece = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    # A full flush leaves each piece whole, so that it may be repeated; Adler-32 of n zeros is (n, 1).
    data = b"\x78\xda" + piece * (size // block) + packer.flush() + struct.pack("!HH", size % 65521, 1)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def action_pdf(action: Dictionary) -> bytes:
    return pdf(lambda document: setattr(document.Root, "OpenAction", action))


def annotated_pdf(annotation: Dictionary) -> bytes:
    return pdf(lambda document: setattr(document.pages[0].obj, "Annots", Array([annotation])))


def pdf_with_attachment() -> bytes:
    def attach(document: pikepdf.Pdf) -> None:
        document.attachments["facture.xml"] = pikepdf.AttachedFileSpec(document, b"<a/>")

    return pdf(attach)


def xfa_pdf() -> bytes:
    def add(document: pikepdf.Pdf) -> None:
        packet = pikepdf.Stream(document, b"<xdp:xdp/>")
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("template"), packet]))

    return pdf(add)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not compress away, always the same."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    data = random.Random(width * height).randbytes(width * height * channels)
    return Image.frombytes(mode, (width, height), data)


def image(picture: Image.Image, file_format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def jpeg(width: int = 60, height: int = 40, **options: object) -> bytes:
    return image(noise(width, height), "JPEG", **options)


def png(width: int = 60, height: int = 40) -> bytes:
    return image(noise(width, height), "PNG")


def heic(width: int = 64, height: int = 48) -> bytes:
    return image(noise(width, height), "HEIF")


def flood_png(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has width × height pixels, and truly unpacks to them."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!L", len(body)) + kind + body + struct.pack("!L", zlib.crc32(kind + body))

    header = struct.pack("!LLBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = deflated((width // 8 + 1) * height // (1 << 20) * (1 << 20) + (1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("programme.exe", b"MZ" + bytes(200))
    return out.getvalue()


def exif_photo() -> bytes:
    """A photo taken with the phone on its side, that tells where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "PhoneMaker"
    exif[0x8825] = {1: "N", 2: (47.0, 44.0, 0.0), 3: "E", 4: (7.0, 20.0, 0.0)}
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("red", (0, 0, 20, 40))
    return image(picture, "JPEG", exif=exif, comment=b"comment of the phone", quality=95)


def object_stream_bomb(size: int) -> bytes:
    """A PDF whose page refers to an object inside a compressed stream that unpacks to `size` bytes on opening."""
    raw = deflated(size, times=2)
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Extra 5 0 R >>",
        4: _stream(b"/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]", raw),
    }
    out, rows = b"%PDF-1.7\n", bytes(6)
    for number, body in bodies.items():
        rows += b"\1" + struct.pack("!L", len(out)) + b"\0"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows += b"\2" + struct.pack("!L", 4) + b"\0"
    table = _stream(b"/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R", rows)
    return out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def _stream(keys: bytes, raw: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (keys, len(raw), raw)
