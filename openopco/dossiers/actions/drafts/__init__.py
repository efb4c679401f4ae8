"""Writing a draft."""

from openopco.dossiers.actions.drafts.opening import choose_provider, copy_as_draft, create_draft, delete_draft, resume
from openopco.dossiers.actions.drafts.rows import (
    MOST_ROWS,
    NewRow,
    add_row,
    add_rows,
    link_trainee,
    remove_row,
    set_nir,
)
from openopco.dossiers.actions.drafts.saving import (
    RAW_CEILING,
    Batch,
    Refused,
    Saved,
    fill_fields,
    save_field,
    save_fields,
)
from openopco.dossiers.actions.drafts.writing import refresh_heading

__all__ = [
    "MOST_ROWS",
    "RAW_CEILING",
    "Batch",
    "NewRow",
    "Refused",
    "Saved",
    "add_row",
    "add_rows",
    "choose_provider",
    "copy_as_draft",
    "create_draft",
    "delete_draft",
    "fill_fields",
    "link_trainee",
    "refresh_heading",
    "remove_row",
    "resume",
    "save_field",
    "save_fields",
    "set_nir",
]
