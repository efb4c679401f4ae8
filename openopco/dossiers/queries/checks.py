"""What an officer looks at before deciding."""

from django.utils import timezone

from openopco.documents import antivirus
from openopco.dossiers import funds, kinds
from openopco.dossiers.draft import DraftView
from openopco.dossiers.models import Dossier
from openopco.dossiers.papers import paper_of, typed_in_words
from openopco.dossiers.queries.drafts import load_draft
from openopco.habilitations.queries import has_accepted_membership
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Grant, Role

# The eyes through which checks are read: they never depend on who opens the page.
DESK = Actor(user_id=None, label="", grants=(Grant(Role.GESTIONNAIRE),))


def kind_of(dossier: Dossier) -> kinds.Kind:
    return kinds.get(dossier.kind)


def checks_of(dossier: Dossier) -> list[kinds.Check]:
    """The officer's list for a request, as it was on the day it was sent."""
    sent_on = paris_today(dossier.sent_at or timezone.now())
    return checks_in(dossier, load_draft(dossier, today=sent_on, viewer=DESK, with_twins=True))


def checks_in(dossier: Dossier, draft: DraftView) -> list[kinds.Check]:
    """The same from a draft already read, with its twins, on the day it was sent."""
    around = {
        "twins": list(draft.twins),
        "membership_accepted": is_filer_accepted(dossier),
        "typed": typed_in_words(paper) if (paper := paper_of(dossier)) else "",
        "sent_on": paris_today(dossier.sent_at or timezone.now()),
        "antivirus": antivirus.is_configured(),
        "answer_by": dossier.due_on if dossier.starts_before_answer else None,
    }
    return [*_funds(dossier), *kind_of(dossier).checks(draft, around)]


def _funds(dossier: Dossier) -> list[kinds.Check]:
    closure = funds.holding_back(dossier, paris_today(timezone.now()))
    if not closure:
        return []
    if isinstance(closure, str):
        return [kinds.Check("fonds", "Fonds", kinds.Outcome.LOOK, funds.why_held(closure))]
    return [kinds.Check("fonds", "Fonds", kinds.Outcome.FAILED, funds.why(closure), blocking=True)]


def is_filer_accepted(dossier: Dossier) -> bool:
    """Whether the attachment of the person who filed to the establishment has been accepted, or an officer filed what the
    employer sent on paper. No query for what `find_for_desk` read."""
    if "filer_accepted" in dossier.__dict__:
        return bool(dossier.__dict__["filer_accepted"]) or paper_of(dossier) is not None
    return speaks_for(dossier, dossier.filed_by_id)


def speaks_for(dossier: Dossier, user_id: int | None) -> bool:
    """Whether what a person typed in the request is the establishment's own word."""
    accepted = has_accepted_membership(user_id=user_id, establishment_id=dossier.establishment_id)
    paper = None if accepted else paper_of(dossier)
    return accepted or (paper is not None and paper.recorded_by_id == user_id)
