"""The user guide, from its pages to its PDF."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page
import pikepdf
import pypdf
import pytest
from PIL import Image

from openopco.base import pdf
from openopco.opco import guide
from openopco.opco.markdown import BadPage, blocks_of, pictures_of

REAL_ROOT = Path(__file__).parents[2]
Write = Callable[..., Path]


@pytest.fixture
def pages(tmp_path: Path, settings: Any) -> Write:
    """Writes the pages of a guide of its own; gives the folder where the PDF is kept."""
    settings.ROOT, settings.VAR = tmp_path, tmp_path / "var"
    folder = tmp_path / "docs" / "guide"
    (folder / "images").mkdir(parents=True)

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (folder / f"{name.removeprefix('p')}.md").write_text(text)
        return folder

    return write


def text_of(content: bytes) -> str:
    raw = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", raw)


def test_the_real_guide_is_a_tagged_pdf_in_french(settings: Any, tmp_path: Path) -> None:
    settings.ROOT, settings.VAR = REAL_ROOT, tmp_path
    content = guide.guide_path().read_bytes()
    report = page.validate_pdf_bytes(content, profile="ua1")
    assert [f"{one.rule_id}: {one.message}" for one in report.failures] == []
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.docinfo["/Title"]) == "Guide d'utilisation de M-Gestion"
        assert str(document.Root.Lang).lower() == "fr-fr"
        assert document.Root.Outlines is not None
    text = text_of(content)
    assert "Sommaire" in text
    assert "Premiers pas" in text
    assert "{" not in text


def test_the_real_pages_name_no_opco_themselves() -> None:
    for path in (REAL_ROOT / "docs" / "guide").glob("[0-9]*.md"):
        assert "OPCO Mobilités" not in path.read_text(), f"{path.name}: write {{opco}}"


def test_chapters_follow_the_order_of_their_names(pages: Write) -> None:
    pages(p02_suite="# Suite", p01_debut="# Début", pREADME="# À ne pas imprimer")
    text = text_of(guide.build())
    assert text.index("Début") < text.index("Suite")
    assert "À ne pas" not in text


def test_everything_that_a_page_may_hold_is_set(pages: Write) -> None:
    folder = pages(
        p01="""# Titre

Un **mot** et un *autre*, un [lien](https://exemple.fr), `du code`,
même ligne.

1. un
2. deux
   - dedans

> À savoir : *ceci*.

| A | B |
|---|---|
| a **1** | b |

```
brut #let x = 1
```

![Le tableau de bord, avec trois demandes](images/ecran.png "Le tableau de bord")

---

<script>alert(1)</script>
""",
    )
    Image.new("RGB", (40, 20), "teal").save(folder / "images" / "ecran.png")
    content = guide.build()
    assert page.validate_pdf_bytes(content, profile="ua1").failures == []
    text = text_of(content)
    for words in ("mot", "du code, même ligne", "2. deux", "dedans", "À savoir", "brut #let x = 1", "<script>alert(1)"):
        assert words in text
    with pikepdf.open(io.BytesIO(content)) as document:
        alts = [str(one.Alt) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
        notes = [one for sheet in document.pages for one in sheet.obj.get("/Annots", [])]
        links = [str(note.A.URI) for note in notes if "/A" in note and note.A.get("/S") == "/URI"]
    assert "Le tableau de bord, avec trois demandes" in alts
    assert links == ["https://exemple.fr"]


def test_the_pages_speak_in_the_name_of_this_opco(pages: Write, settings: Any) -> None:
    settings.OPCO_OVERRIDES = {"name": "OPCO d'Essai", "product": "Portail", "email": "aide@essai.example"}
    pages(p01="# Bienvenue\n\n{produit} de {opco} : {email}, {telephone}. {autre}")
    text = text_of(guide.build())
    assert "Portail de OPCO d'Essai : aide@essai.example, votre conseiller. {autre}" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sans titre", "doit commencer par un titre"),
        ("## Petit titre", "doit commencer par un titre"),
        ("", "doit commencer par un titre"),
        ("# T\n\n![](images/a.png)", "n'a pas de texte"),
        ("# T\n\n![Écran](images/absent.png)", "manque"),
        ("# T\n\n[ici](javascript:alert(1))", "n'est pas|ne commence pas|javascript"),
        ("# T\n\n[ici](http://exemple.fr)", "ne commence pas"),
        ("# T\n\nUne ![image](a.png) dans la phrase", "au milieu d'une phrase"),
    ],
)
def test_a_page_that_cannot_be_shown_says_which_and_why(text: str, said: str, pages: Write) -> None:
    pages(p01_mauvaise=text)
    if "javascript" in text:
        assert blocks_of(text)[1]["parts"][0]["kind"] == "text", "not even a link"
        return
    with pytest.raises(BadPage, match=said):
        guide.build()


def test_pictures_are_found_wherever_they_are() -> None:
    text = "# T\n\n![Un](a.png)\n\n- point\n\n  ![Deux](x/b.png)\n\n> ![Trois](c.png)\n"
    assert pictures_of(blocks_of(text)) == ["a.png", "b.png", "c.png"]


def test_the_guide_is_made_once_for_each_version_of_its_pages(pages: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = pdf.render

    def count(*args: Any, **kwargs: Any) -> bytes:
        made.append("one")
        return real(*args, **kwargs)

    monkeypatch.setattr(pdf, "render", count)
    pages(p01="# Un")
    first = guide.guide_path()
    assert guide.guide_path() == first
    assert made == ["one"]
    pages(p01="# Deux")
    second = guide.guide_path()
    assert second != first
    assert "Deux" in text_of(second.read_bytes())
    assert len(made) == 2


def test_a_new_name_of_the_opco_makes_a_new_guide(pages: Write, settings: Any) -> None:
    pages(p01="# Un")
    first = guide.guide_path()
    settings.OPCO_OVERRIDES = {"name": "OPCO d'Essai"}
    assert guide.guide_path() != first


def test_old_editions_are_forgotten(pages: Write) -> None:
    for number in range(6):
        pages(p01=f"# Version {number}")
        path = guide.guide_path()
    assert path.exists()
    assert len(list(path.parent.iterdir())) == 3


def test_the_same_pages_make_the_same_bytes(pages: Write) -> None:
    pages(p01="# Un\n\nTexte.")
    assert guide.build() == guide.build()


def test_a_guide_that_fails_leaves_no_half_file(pages: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*args: Any, **kwargs: Any) -> bytes:
        raise pdf.PdfFailed("boom")

    monkeypatch.setattr(pdf, "render", fail)
    pages(p01="# Un")
    with pytest.raises(pdf.PdfFailed):
        guide.guide_path()
    assert list((tmp_path / "var" / "guide").iterdir()) == []
