"""Pages as pictures: drawn by a limited child as far as the file lets it, given to whoever the file itself would be."""

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable

import pikepdf
import pytest
from django.http import Http404
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from openopco.base.children import start_line
from openopco.documents import pictures
from openopco.documents.actions import record_verdict
from openopco.documents.antivirus import Verdict
from openopco.documents.models import Document
from openopco.documents.pictures import draw_pages
from openopco.documents.rules import LIMITS, Limits
from openopco.documents.serving import NotServed, serve_page
from openopco.journal.queries import reads_of
from openopco.kernel.errors import Unavailable
from openopco.rights import ANONYMOUS, Actor

from . import hostile
from .factories import document, upload

MOST = (LIMITS.picture_width, LIMITS.picture_height)


def sizes(content: bytes) -> list[tuple[int, int]]:
    found = [Image.open(io.BytesIO(each)) for each in draw_pages(content)]
    assert all(each.format == "JPEG" for each in found)
    return [each.size for each in found]


def sized(*box: float) -> bytes:
    return hostile.pdf(lambda document: setattr(document.pages[0].obj, "MediaBox", Array([0, 0, *box])))


def written(content: str) -> bytes:
    """A page with black where `content` draws."""
    return hostile.pdf_with_stream(content.encode(), [])


def test_a_page_is_drawn_as_it_is_seen() -> None:
    (drawn,) = draw_pages(written("0 0 306 792 re f"))
    picture = Image.open(io.BytesIO(drawn)).convert("L")
    middle = picture.height // 2
    assert picture.getpixel((picture.width // 4, middle)) == 0
    assert picture.getpixel((3 * picture.width // 4, middle)) == 255


def test_what_was_typed_in_a_form_is_drawn() -> None:
    def fill(document: pikepdf.Pdf) -> None:
        look = pikepdf.Stream(document, b"0 0 600 700 re f")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 700])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("total"), V=String("560"))
        field.Rect, field.AP, field.F = Array([0, 0, 600, 700]), Dictionary(N=look), 4
        held = document.make_indirect(field)
        document.pages[0].obj.Annots = Array([held])
        document.Root.AcroForm = Dictionary(Fields=Array([held]))

    (drawn,) = draw_pages(hostile.pdf(fill))
    assert Image.open(io.BytesIO(drawn)).convert("L").getextrema()[0] < 200


def test_the_first_pages_of_a_long_file_are_drawn_and_no_more() -> None:
    assert len(sizes(hostile.pdf(pages=2))) == 2
    assert len(sizes(hostile.pdf(pages=500))) == LIMITS.picture_pages
    assert len(draw_pages(hostile.pdf(pages=4), first=4, most=1)) == 1
    assert draw_pages(hostile.pdf(pages=2), first=3, most=1) == []


@pytest.mark.parametrize(
    "content",
    [
        hostile.jpeg(3000, 2000),
        hostile.png(2000, 2100),
        hostile.image(hostile.noise(40, 40, "RGBA"), "PNG"),
        hostile.image(hostile.noise(40, 40, "L").convert("P"), "PNG"),
        hostile.image(hostile.noise(40, 40, "L"), "JPEG"),
    ],
)
def test_a_photo_is_one_page_that_is_not_too_large(content: bytes) -> None:
    (size,) = sizes(content)
    assert size[0] <= MOST[0]
    assert size[1] <= MOST[1]
    assert draw_pages(content, first=2, most=1) == []


def test_what_a_picture_lets_through_is_white() -> None:
    (drawn,) = draw_pages(hostile.image(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG"))
    assert Image.open(io.BytesIO(drawn)).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("box", [(1e6, 1e6), (0.001, 14_000), (14_000, 0.001), (3, 3)])
def test_whatever_its_size_a_page_is_drawn_in_bounds(box: tuple[float, float]) -> None:
    assert all(width <= MOST[0] + 1 and height <= MOST[1] + 1 for width, height in sizes(sized(*box)))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a name alone": lambda: b"%PDF-1.7\n%%EOF",
    "cut short": lambda: hostile.pdf()[:-200],
    "no page": lambda: hostile.pdf(pages=0),
    "a locked one": lambda: hostile.pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "a picture of the world": lambda: hostile.flood_png(30_000, 30_000),
    "a cut photo": lambda: hostile.jpeg()[:200],
    "a photo of another kind": hostile.heic,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_drawn_gives_nothing(name: str) -> None:
    assert draw_pages(HOSTILE[name]()) == []


HEAVY: dict[str, Callable[[], bytes]] = {
    "a stream that unpacks to 800 MB": lambda: hostile.pdf_with_stream(hostile.deflated(800 << 20), ["/FlateDecode"]),
    "objects that unpack to 1 GB": lambda: hostile.object_stream_bomb(1 << 30),
    "a script": lambda: hostile.action_pdf(Dictionary(S=Name.JavaScript, JS=String("while(true){}"))),
    "a form that runs": hostile.xfa_pdf,
    "a page that draws itself": lambda: hostile.pdf(_its_own_picture),
}


def _its_own_picture(document: pikepdf.Pdf) -> None:
    form = document.make_stream(b"/X Do /X Do /X Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    document.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=form))
    document.pages[0].obj.Contents = document.make_stream(b"/X Do")


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_heavy_or_runs_ends_and_the_next_file_is_drawn(name: str) -> None:
    assert len(draw_pages(HEAVY[name]())) <= 1
    assert len(draw_pages(hostile.pdf())) == 1


# --- the child -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["import os; os.abort()", "raise SystemExit(3)", "import time; time.sleep(60)", "pass"]
)
def test_a_child_that_fails_draws_nothing(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_START", code)
    monkeypatch.setattr(pictures, "LIMITS", Limits(picture_wall_seconds=1))
    assert draw_pages(hostile.pdf()) == []


def test_what_was_drawn_before_the_child_died_stands_and_halves_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import json, os, pathlib, sys; folder = pathlib.Path(json.load(sys.stdin)['folder'])\n"
        "(folder / '1.jpg').write_bytes(b'whole'); (folder / '2.part').write_bytes(b'half'); os.abort()"
    )
    monkeypatch.setattr(pictures, "_START", code)
    assert draw_pages(hostile.pdf(pages=3)) == [b"whole"]


def test_the_child_is_bounded_and_has_no_django() -> None:
    line = start_line("openopco.documents.inspector.drawing").removesuffix("main()")
    told = (
        "import json, resource, pypdfium2, PIL.Image\nfrom openopco.documents.inspector import drawing\n"
        "drawing._limit_self()\n"
        "kinds = (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)\n"
        "django = [one for one in sys.modules if one.partition('.')[0] in ('django', 'config')]\n"
        "print(json.dumps([[resource.getrlimit(kind)[0] for kind in kinds], django]))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", line + told], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == [[LIMITS.picture_cpu_seconds, LIMITS.picture_megabytes << 20], []]


def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = threading.BoundedSemaphore(1)
    busy.acquire()
    monkeypatch.setattr(pictures, "_TURNS", busy)
    monkeypatch.setattr(pictures, "LIMITS", Limits(picture_wall_seconds=0))
    with pytest.raises(Unavailable, match="réessayez"):
        draw_pages(hostile.pdf())


# --- served ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("file", [("a.pdf", hostile.pdf()), ("a.heic", hostile.heic()), ("a.png", hostile.png())])
def test_a_page_is_given_as_a_picture_that_no_browser_runs(file: tuple[str, bytes], alice: Actor) -> None:
    response = serve_page(document(alice, upload=upload(*file)), viewer=alice, number=1)
    assert response["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(response.content)).format == "JPEG"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2, 4, 10**9])
def test_a_page_that_is_not_shown_is_not_there(number: int, alice: Actor) -> None:
    with pytest.raises(Http404):
        serve_page(document(alice), viewer=alice, number=number)


@pytest.mark.django_db
def test_an_invoice_of_data_has_no_page(alice: Actor) -> None:
    kept = document(alice)
    Document.objects.filter(pk=kept.pk).update(content_type="application/xml")
    kept.refresh_from_db()
    with pytest.raises(Http404):
        serve_page(kept, viewer=alice, number=1)


@pytest.mark.django_db
def test_before_the_antivirus_spoke_a_page_is_for_who_sent_the_file(
    alice: Actor, bob: Actor, settings: pytest.FixtureRequest
) -> None:
    settings.CLAMD_ADDRESS = "clamd:3310"  # type: ignore[attr-defined]
    kept = document(alice)
    assert serve_page(kept, viewer=alice, number=1).status_code == 200
    for viewer in (bob, ANONYMOUS):
        with pytest.raises(NotServed, match="antivirus"):
            serve_page(kept, viewer=viewer, number=1)
    record_verdict(document_id=kept.pk, verdict=Verdict(clean=False, threat="Eicar"))
    kept.refresh_from_db()
    with pytest.raises(NotServed, match="détruit"):
        serve_page(kept, viewer=alice, number=1)


@pytest.mark.django_db
def test_it_is_kept_that_the_opco_s_people_saw_it(alice: Actor, officer: Actor) -> None:
    kept = document(alice)
    serve_page(kept, viewer=officer, number=1)
    assert [read.actor_id for read in reads_of("document", kept.pk)] == [officer.user_id]
