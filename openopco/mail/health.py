"""The outbox, for `/healthz`."""

from openopco.base.health import Part, health_check
from openopco.mail.queries import backlog

TOO_MANY = 200


@health_check
def mail() -> Part:
    waiting, failed = backlog()
    return Part("mail", waiting < TOO_MANY, f"waiting {waiting}, given up {failed}")
