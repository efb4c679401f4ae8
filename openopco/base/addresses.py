"""Addresses that people bring along: where a page says to go on to."""

from django.utils.http import url_has_allowed_host_and_scheme


def is_own_path(address: str) -> bool:
    """Whether this is a path of the portal, from its root, without scheme or host. Browsers read « \\ » as « / »: an
    address that holds one is nobody's path."""
    if not address.startswith("/") or "\\" in address:
        return False
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None)
