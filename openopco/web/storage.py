"""Static files under names that carry their digest: kept for ever by browsers, modules' imports included."""

from typing import Any

from django.core.files.storage import storages
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # an untyped library
    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Each page names thirty files, the same ones: their addresses are worked out once."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]


def address_of_asset(path: str) -> str:
    """As Django's `static`, which looks at its settings again each time: a page asks it thirty times."""
    return str(storages["staticfiles"].url(path))
