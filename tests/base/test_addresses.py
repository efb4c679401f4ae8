"""Where a page says to go on to is a path of the portal, or nothing."""

import pytest

from openopco.base.addresses import is_own_path


@pytest.mark.parametrize("address", ["/", "/tableau-de-bord/", "/demandes/?etat=transmise&page=2", "/compte/#haut"])
def test_a_path_from_the_root(address: str) -> None:
    assert is_own_path(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "evil.example",
        "compte/",
        "\\evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "https:/evil.example",
        "javascript:alert(1)",
        " /compte/",
        "\t//evil.example",
    ],
)
def test_anything_else_is_not(address: str) -> None:
    assert not is_own_path(address)
