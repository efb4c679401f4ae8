"""Where uploaded files are kept (a folder, or S3 when OPENOPCO_S3_BUCKET is set), what scans them, how much is read."""

from typing import Any

import environ

from config.settings.checks import refuse, required

env = environ.Env()
S3_ALL_OR_NONE = ("OPENOPCO_S3_BUCKET", "OPENOPCO_S3_ACCESS_KEY", "OPENOPCO_S3_SECRET_KEY")


def s3_storage(source: Any) -> dict[str, Any] | None:
    """Django's description of the S3 storage that the environment asks for, or None. Raises `ImproperlyConfigured`."""
    if not any(name in source.ENVIRON for name in (*S3_ALL_OR_NONE, "OPENOPCO_S3_ENDPOINT")):
        return None
    bucket, access_key, secret_key = (required(source, name, "stockage S3 des fichiers") for name in S3_ALL_OR_NONE)
    from botocore.config import Config

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "access_key": access_key,
            "secret_key": secret_key,
            "endpoint_url": _endpoint(source),
            "region_name": source("OPENOPCO_S3_REGION", default="us-east-1"),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "max_memory_size": 2 * 1024 * 1024,
            "object_parameters": _encryption(source),
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=20,
                retries={"max_attempts": 2, "mode": "standard"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }


def clamd_address(source: Any) -> str:
    """« host:port », « unix:/path », or nothing for no antivirus. Raises `ImproperlyConfigured`."""
    address = str(source("CLAMD_ADDRESS", default="")).strip()
    if not address or (address.startswith("unix:/") and len(address) > len("unix:/")):
        return address
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise refuse("CLAMD_ADDRESS", f"« hôte:port » ou « unix:/chemin » est attendu, « {address[:60]} » trouvé.")
    return address


def _endpoint(source: Any) -> str | None:
    endpoint = source("OPENOPCO_S3_ENDPOINT", default="") or None
    if endpoint and not endpoint.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise refuse("OPENOPCO_S3_ENDPOINT", "une adresse https:// est attendue.")
    return endpoint


def _encryption(source: Any) -> dict[str, str]:
    """Encryption at rest by the server, where it offers it."""
    algorithm = source("OPENOPCO_S3_ENCRYPTION", default="")
    if algorithm not in ("", "AES256", "aws:kms"):
        raise refuse("OPENOPCO_S3_ENCRYPTION", "AES256 ou aws:kms est attendu.")
    return {"ServerSideEncryption": algorithm} if algorithm else {}


FILE_STORAGE = s3_storage(env)
CLAMD_ADDRESS = clamd_address(env)
# Connection, sending and verdict together. A scan of 10 Mo takes clamd a second or two.
CLAMD_TIMEOUT = 45
FILE_UPLOAD_HANDLERS = [
    "openopco.documents.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FILES = 40
