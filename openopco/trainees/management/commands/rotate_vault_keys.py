"""`manage.py rotate_vault_keys`: after a new key was put first in OPENOPCO_VAULT_KEYS, seals NIR and IBAN again under it.

Old keys stay in the variable until this ends: everything is readable meanwhile. Stopped half-way, it takes up again."""

from typing import Any

from django.core.management.base import BaseCommand

from openopco.organisations.accounts import reseal as reseal_account
from openopco.organisations.models import BankAccount
from openopco.trainees.models import NirSecret
from openopco.trainees.vault import current_key_id, reseal

BATCH = 500


class Command(BaseCommand):
    help = "Scelle à nouveau tous les NIR et tous les IBAN sous la première clé de OPENOPCO_VAULT_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        key_id, done = current_key_id(), 0
        ids = NirSecret.objects.order_by("pk").values_list("pk", flat=True)
        for pk in ids.iterator(chunk_size=BATCH):
            done += reseal(secret_id=pk, key_id=key_id)
        accounts = BankAccount.objects.order_by("pk").values_list("pk", flat=True)
        ibans = sum(reseal_account(account_id=pk, key_id=key_id) for pk in accounts.iterator(chunk_size=BATCH))
        self.stdout.write(f"{done} NIR scellés à nouveau sous la clé « {key_id} ».")
        self.stdout.write(f"{ibans} IBAN scellés à nouveau sous la clé « {key_id} ».")
