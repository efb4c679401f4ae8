"""The house's conventions about what is sent to a browser."""

import ast
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2] / "openopco"
TEMPLATES = sorted(path for path in ROOT.rglob("*.html"))
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_trusts_nothing_and_holds_no_inline_script_or_style(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    assert not re.search(r"\|\s*safe(seq)?\b", text)
    assert not re.search(r"{%\s*autoescape\s+off", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"href\s*=\s*[\"']\s*javascript:", text, re.IGNORECASE)
    assert "hx-on" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_loads_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(
        r"\b(?:src|action|hx-get|hx-post)\s*=\s*[\"'](?:https?:)?//", COMMENT.sub("", path.read_text())
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_form_that_posts_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
        if re.search(r"method=[\"']post", form, re.IGNORECASE):
            assert "csrf_token" in form


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_template_compiles(path: Path) -> None:
    name = str(path).rpartition("/templates/")[2]
    assert get_template(name).template.nodelist is not None


# It escapes as `format_html` does: its own tests compare the two.
MARKUP = ROOT / "web" / "components" / "markup.py"


def test_python_marks_nothing_as_safe_without_format_html() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(set(ROOT.rglob("*.py")) - {MARKUP})
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"mark_safe", "SafeString"}
    ]
    assert faults == []
