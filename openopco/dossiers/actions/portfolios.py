"""Rules of portfolios, written and ended by administrators."""

from decimal import Decimal

from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import known_branch, person
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import PortfolioRule
from openopco.habilitations.queries import active_officers
from openopco.kernel.errors import InvalidValue
from openopco.reference.regions import REGIONS
from openopco.rights import Actor, Permission, require

SUBJECT = "portfolio_rule"


@action
def add_rule(
    *,
    actor: Actor,
    officer_id: int,
    idcc: str = "",
    region: str = "",
    kind: str = "",
    amount_from: Decimal | None = None,
    amount_to: Decimal | None = None,
    assigns: bool = False,
) -> PortfolioRule:
    """From now on, new requests that fit go to the officer. Amounts in euros HT. Raises `Forbidden`, `UnknownBranch`,
    `InvalidValue`."""
    require(actor, Permission.PARAMETER_MANAGE)
    branch = known_branch(idcc)
    if officer_id not in {user.pk for user in active_officers()}:
        raise InvalidValue("Choisissez un gestionnaire dont le rôle est en vigueur.")
    if (region and region not in REGIONS) or (kind and kind not in {each.code for each in kinds.all_kinds()}):
        raise InvalidValue("Choisissez dans la liste.")
    if amount_from is not None and amount_to is not None and amount_to < amount_from:
        raise InvalidValue("Le second montant est inférieur au premier.")
    rule = PortfolioRule(
        officer_id=officer_id,
        idcc=branch,
        region=region,
        kind=kind,
        assigns=assigns,
        created_by_id=person(actor),
        created_at=timezone.now(),
    )
    rule.amount_from, rule.amount_to = amount_from, amount_to
    rule.save()
    _record(rule, "added", actor)
    return rule


@action
def end_rule(*, actor: Actor, rule_id: int) -> PortfolioRule:
    """What it gave or proposed stays so. Raises `Forbidden`, `NotPossibleNow`."""
    require(actor, Permission.PARAMETER_MANAGE)
    rule = PortfolioRule.objects.select_for_update().filter(pk=rule_id, ended_at=None).first()
    if rule is None:
        raise NotPossibleNow("Cette règle est déjà terminée.")
    rule.ended_at = timezone.now()
    rule.save()
    _record(rule, "ended", actor)
    return rule


def _record(rule: PortfolioRule, event: str, actor: Actor) -> None:
    payload = {"officer": rule.officer_id, "idcc": rule.idcc, "region": rule.region, "assigns": rule.assigns}
    journal.record(subject_kind=SUBJECT, subject_id=rule.pk, event=f"{SUBJECT}.{event}", actor=actor, payload=payload)
