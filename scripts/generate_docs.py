"""Writes the documents that are generated from the code; with --check, says which are out of date and changes nothing."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
NOTICE = "<!-- Produit par « python scripts/generate_docs.py » : ne pas modifier à la main. -->\n\n"


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    stale = [path for path, write in DOCUMENTS.items() if current(path) != write()]
    if "--check" in sys.argv:
        print("\n".join(f"{path} is out of date: run python scripts/generate_docs.py" for path in stale))
        return 1 if stale else 0
    for path in stale:
        (ROOT / path).write_text(DOCUMENTS[path]())
        print(f"{path} written")
    return 0


def current(path: str) -> str:
    return (ROOT / path).read_text() if (ROOT / path).exists() else ""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def statuses() -> str:
    from openopco.dossiers import modification_workflow, workflow
    from openopco.dossiers.enums import MODIFICATION_WORDS, STATE_WORDS, Audience, ModificationState, State

    audiences = [f"pour {audience}" for audience in Audience]
    words = ((f"`{state}`", *(STATE_WORDS[audience][state] for audience in Audience)) for state in State)
    changes = (
        (f"`{state}`", *(MODIFICATION_WORDS[audience][state] for audience in Audience)) for state in ModificationState
    )
    return (
        f"# Les états d'une demande\n\n{NOTICE}"
        f"{table(['code', *audiences], words)}\n"
        f"## Ce qui fait passer de l'un à l'autre\n\n{moves(workflow.TRANSITIONS)}\n"
        f"# Les états d'une modification\n\n{table(['code', *audiences], changes)}\n"
        f"## Ce qui fait passer de l'un à l'autre\n\n{moves(modification_workflow.TRANSITIONS)}"
    )


def moves(transitions: Iterable[Any]) -> str:
    """A workflow's table."""
    rows = (
        (f"`{one.source}`", f"`{one.event}`", f"`{one.target}`", f"`{one.permission}`", one.guard)
        for one in transitions
    )
    return table(["de", "événement", "vers", "droit", "à condition que"], rows)


def rights() -> str:
    from openopco.rights import PERMISSIONS, ROLE_LABELS, Permission, Role
    from openopco.rights.permissions import NOT_ON_ONES_OWN, WHILE_FILING

    def cell(role: Role, one: Permission) -> str:
        if one in PERMISSIONS[role]:
            return "✓"
        return "ses saisies" if one in WHILE_FILING and Permission.DOSSIER_FILE_FOR in PERMISSIONS[role] else ""

    rows = (
        (
            f"`{one}`",
            *(cell(role, one) for role in Role),
            "non" if one in NOT_ON_ONES_OWN else "",
        )
        for one in Permission
    )
    heads = ["droit", *(ROLE_LABELS[role] for role in Role), "sur ce qu'on a soi-même déposé"]
    return f"# Qui a le droit de quoi\n\n{NOTICE}{table(heads, rows)}"


def rules() -> str:
    from openopco.funding.shipped import WORDED_FOR, shipped_rules
    from openopco.funding.wording import gives_in_words, scope_in_words

    rows = (
        (
            f"`{rule.code}`",
            rule.label,
            scope_in_words(rule.scope),
            gives_in_words(rule),
            ", ".join(base.label for base in rule.bases),
            rule.fund.label,
            rule.source,
        )
        for rule in sorted(shipped_rules(WORDED_FOR), key=lambda each: (each.priority, each.code))
    )
    heads = ["code", "règle", "pour qui", "donne", "sur", "fonds", "source"]
    lead = (
        "Dans l'ordre où elles sont essayées. Un administrateur en ajoute, et met fin à celles-ci, dans **Financement** ; un autre "
        "OPCO n'a au départ que la dernière.\n\n"
    )
    return f"# Les règles de financement livrées\n\n{NOTICE}{lead}{table(heads, rows)}"


def ways_up() -> str:
    from openopco.base.jobs import registered_jobs, registered_sweeps
    from openopco.dossiers import effects, funders
    from openopco.journal.subscriptions import registered_subscriptions
    from openopco.reference.usages import registered_usages

    lines = [f"job {name}" for name in registered_jobs()]
    lines += [f"sweep {name}" for name in registered_sweeps()]
    lines += [f"subscription {one.pattern} -> {one.handler}" for one in registered_subscriptions()]
    lines += [f"usage {one.facet} <- {one.name}" for one in registered_usages()]
    lines += [f"effect {event} -> {name}" for event, names in effects.registered().items() for name in names]
    lines += [f"funder {name}" for name in funders.registered()]
    return "\n".join(sorted(lines)) + "\n"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/statuses.md": statuses,
    "docs/rights.md": rights,
    "docs/rules.md": rules,
    "tests/consistency/ways_up.txt": ways_up,
}

if __name__ == "__main__":
    sys.exit(main())
