"""Programs of the machine that some tests need. Plain Python: the runner reads it too."""

import os
import shutil

PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/local/sbin"


def chromium() -> str | None:
    """The browser to drive, or None."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return asked
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def clamd() -> str | None:
    """The antivirus daemon, or None."""
    return shutil.which("clamd", path=PATHS)
