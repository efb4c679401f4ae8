"""A few rows that many pages ask and that seldom change: kept in the process for a moment. What decides reads them anew."""

import time
from collections.abc import Callable
from typing import ClassVar, Final, Generic, TypeVar

T = TypeVar("T")
KEPT_SECONDS: Final = 30.0


class Kept(Generic[T]):
    """`Kept(read)`, then `kept.value()`: what `read` gave less than 30 seconds ago. Another process may so go on with what
    was until then; this one forgets what it has changed, by `forget` once it is committed."""

    every: ClassVar[list["Kept[object]"]] = []

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._kept: tuple[float, T] | None = None
        Kept.every.append(self)  # type: ignore[arg-type]

    def value(self) -> T:
        """No query while the last reading is fresh."""
        now = time.monotonic()
        if self._kept is None or not 0 <= now - self._kept[0] < KEPT_SECONDS:
            self._kept = (now, self._read())
        return self._kept[1]

    def forget(self) -> None:
        self._kept = None
