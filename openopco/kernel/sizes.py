"""Sizes of files in words, in decimal units, as `upload.js` writes them while a file goes."""


def format_size(size: int) -> str:
    """`size` in bytes: « 1 ko » at least, « 214 ko », « 2,7 Mo »; the space does not break."""
    if size < 1_000_000:
        return f"{max(1, (size + 500) // 1000)}\u00a0ko"
    tenths = (size + 50_000) // 100_000
    return f"{tenths // 10},{tenths % 10}\u00a0Mo"


def format_count(count: int) -> str:
    """« 1 000 »: thousands apart, by a space that does not break."""
    return f"{count:,}".replace(",", "\u202f")
