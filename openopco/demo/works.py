"""An officer's long works: a batch, one of whose requests had changed, and a list taken away, left to the worker."""

from uuid import NAMESPACE_URL, uuid5

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions.batches import ask_batch
from openopco.dossiers.batching import Act, Plan
from openopco.dossiers.queries import MINE, Filters
from openopco.dossiers.queries.batches import scope_of_list
from openopco.exports.actions import ask_export
from openopco.exports.lists import filters_as_asked
from openopco.rights import Actor

WORDS = "Bonjour, nos bureaux seront fermés vendredi : nous vous répondrons lundi."


def play_works(officer: Actor) -> None:
    """Asks for both, and plays the batch."""
    filters = Filters(portfolio=MINE)
    scope = scope_of_list(actor=officer, act=Act.ECRIRE, filters=filters, most=50)
    # The first one is named as it was before its last change.
    rows = [(pk, version - (rank == 0), number) for rank, (pk, version, number) in enumerate(scope.rows)]
    key = uuid5(NAMESPACE_URL, "openopco-demo-lot")
    ask_batch(actor=officer, plan=Plan(Act.ECRIRE, text=WORDS), rows=rows, key=key)
    run_pending_jobs(names=["works.run"])
    key = uuid5(NAMESPACE_URL, "openopco-demo-export")
    ask_export(actor=officer, code="dossiers", format="xlsx", asked={"filters": filters_as_asked(filters)}, key=key)
