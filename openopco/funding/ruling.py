"""Which rules stand: those shipped, those this OPCO added, less those it ended. Kept in the process for a moment."""

from dataclasses import dataclass, replace
from datetime import date

from openopco import opco
from openopco.base.kept import Kept
from openopco.funding import shipped
from openopco.funding.enums import Base, Cumulation, Fund
from openopco.funding.models import FundingRule, RuleEnding
from openopco.funding.terms import Rule, load


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule, whether it was shipped, and its ending where it has one."""

    rule: Rule
    row: FundingRule | None = None
    ending: RuleEnding | None = None

    @property
    def last_day(self) -> date | None:
        """Of the agreements that it still reaches."""
        return self.ending.last_day if self.ending else self.rule.scope.granted_until


def read() -> list[Standing]:
    """All rules, those ended too, in the order of their priority. Two queries."""
    endings = {ending.code: ending for ending in RuleEnding.objects.all()}
    rows = list(FundingRule.objects.all())
    added = [Standing(rule_of(row), row, endings.get(row.code)) for row in rows]
    of_house = [Standing(rule, None, endings.get(rule.code)) for rule in shipped.shipped_rules(opco.identity().slug)]
    return sorted([*of_house, *added], key=lambda each: (each.rule.priority, each.rule.code))


standing: Kept[list[Standing]] = Kept(read)


def rules(*, anew: bool = False) -> list[Rule]:
    """The rules as the engine reads them. `anew`: as they are now, for what engages."""
    return [_until(each) for each in (read() if anew else standing.value())]


def _until(each: Standing) -> Rule:
    if each.ending is None:
        return each.rule
    until = each.rule.scope.granted_until
    last = min(until, each.ending.last_day) if until else each.ending.last_day
    return replace(each.rule, scope=replace(each.rule.scope, granted_until=last))


def rule_of(row: FundingRule) -> Rule:
    """A row as the engine reads it. Rows are checked before they are kept."""
    scope, gives = load(row.terms)
    return Rule(
        code=row.code,
        label=row.label,
        fund=Fund(row.fund),
        bases=tuple(Base(code) for code in row.bases),
        priority=row.priority,
        source=row.source,
        scope=scope,
        gives=gives,
        cumulation=Cumulation(row.cumulation),
        budget=row.budget,
    )
