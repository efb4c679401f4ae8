"""Each establishment where people already act gets its administrator: the first of them who was accepted."""

from typing import Any

from django.db import migrations


def name_first_administrators(apps: Any, schema_editor: Any) -> None:
    membership = apps.get_model("habilitations", "Membership")
    accepted = membership.objects.filter(state="ACCEPTED").order_by(
        "establishment_id", "-user__is_active", "decided_at", "id"
    )
    first: dict[int, int] = {}
    for pk, establishment_id in accepted.values_list("pk", "establishment_id").iterator():
        first.setdefault(establishment_id, pk)
    chosen = list(first.values())
    for start in range(0, len(chosen), 500):
        membership.objects.filter(pk__in=chosen[start : start + 500]).update(role="ADMIN")


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0003_invitations_and_roles")]
    operations = [migrations.RunPython(name_first_administrators, migrations.RunPython.noop)]
