"""Static files under names that carry their digest: kept for ever by browsers, modules' imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # an untyped library
    support_js_module_import_aggregation = True
