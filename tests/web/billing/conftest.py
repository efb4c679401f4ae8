from tests.billing.claims.conftest import (  # noqa: F401
    _files,
    _nothing_kept,
    alice,
    carl,
    clock,
    dossier,
    olga,
    place,
    taught,
    tess,
)
