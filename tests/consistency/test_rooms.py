"""The house's conventions about rooms and their furniture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "openopco"
ROOMS = [
    "accounts",
    "base",
    "billing",
    "documents",
    "dossiers",
    "exports",
    "funding",
    "habilitations",
    "journal",
    "kernel",
    "mail",
    "notifications",
    "opco",
    "organisations",
    "payments",
    "reference",
    "rights",
    "trainees",
    "training",
]
DOORS = ["demo", "web"]
LONGEST_FILE = 450


def sources(*places: str) -> Iterator[tuple[Path, ast.Module]]:
    for place in places:
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_the_rooms_are_those_of_the_drawing() -> None:
    found = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__")
    assert found == sorted([*ROOMS, *DOORS])


def test_every_room_of_the_database_is_installed(settings) -> None:
    with_models = [room for room in ROOMS if (ROOT / room / "models.py").exists() or (ROOT / room / "models").is_dir()]
    assert set(with_models) <= set(settings.ROOMS)


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_a_door(room: str) -> None:
    faults = [
        f"{path}: {name}"
        for path, tree in sources(room)
        for name in imported(tree)
        if name.startswith(("config", *(f"openopco.{door}" for door in DOORS)))
    ]
    assert faults == []


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room / "rules.py").exists()])
def test_rules_have_no_clock_and_no_database(room: str) -> None:
    tree = ast.parse((ROOT / room / "rules.py").read_text())
    assert [name for name in imported(tree) if name.startswith("django") or name.endswith(".models")] == []
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"datetime.now", "date.today", "timezone.now", "datetime.utcnow", "time.time"}


def test_the_kernel_and_the_rights_are_plain_python() -> None:
    faults = [
        f"{path}: {name}"
        for path, tree in sources("kernel", "rights")
        for name in imported(tree)
        if name.startswith("django")
    ]
    assert faults == []


def test_a_status_is_assigned_by_the_workflow_alone() -> None:
    """No `dossier.state = …` and no `.update(state=…)` in the rooms of requests but where the workflow is applied."""
    faults = [
        f"{path}:{node.lineno}"
        for path, tree in sources("dossiers", "training", "web")
        for node in ast.walk(tree)
        if path.name != "workflow.py" and _assigns_dossier_state(node)
    ]
    assert faults == []


def _assigns_dossier_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(
            isinstance(target, ast.Attribute) and ast.unparse(target) == "dossier.state" for target in node.targets
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return "Dossier.objects" in ast.unparse(node.func) and any(keyword.arg == "state" for keyword in node.keywords)
    return False


# What only jobs and the actions around them call: nobody acts, or the caller has asked the right already.
WITHOUT_ACTOR = {
    "documents/actions.py: record_verdict",
    "habilitations/actions/staff.py: make_first_administrators",
    "habilitations/management/commands/create_administrators.py: open_first_administrators",
    "organisations/accounts.py: reseal",
    "trainees/vault.py: reseal",
}


def test_every_public_action_takes_its_actor_by_name() -> None:
    found = {
        f"{path}: {node.name}"
        for path, tree in sources(*ROOMS)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and _is_action(node)
        and "actor" not in {one.arg for one in node.args.kwonlyargs}
    }
    assert found == WITHOUT_ACTOR


def _is_action(node: ast.FunctionDef) -> bool:
    return not node.name.startswith("_") and any(
        ast.unparse(decorator) == "action" for decorator in node.decorator_list
    )


def test_files_can_be_seen_across() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in sorted(ROOT.rglob("*.py"))
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > LONGEST_FILE
    ]
    assert long == []


def test_nothing_is_left_to_do_later() -> None:
    words = ("TODO", "FIXME", "XXX")
    faults = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in {".py", ".html", ".css", ".js"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if any(word in line for word in words)
    ]
    assert faults == []


def test_a_default_clock_is_never_read_without_its_zone() -> None:
    faults = [
        f"{path}:{node.lineno}"
        for path, tree in sources(*ROOMS, *DOORS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node) in {"datetime.now()", "date.today()", "datetime.utcnow()"}
    ]
    assert faults == []
