"""The vault's seals hold, and open only where they were put."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from openopco.base.crypto import BrokenSeal, blind_index, check_keys, key_id_of, seal, unseal

KEY_A = base64.b64encode(b"a" * 32).decode()
KEY_B = base64.b64encode(b"b" * 32).decode()


@given(text=st.text(), context=st.text(min_size=1, max_size=60))
def test_what_is_sealed_comes_back(text: str, context: str) -> None:
    assert unseal(seal(text, context), context) == text


def test_the_same_text_is_never_sealed_twice_alike() -> None:
    assert seal("295010102500", "nir:1") != seal("295010102500", "nir:1")


def test_the_text_can_not_be_read_in_the_seal() -> None:
    assert b"29501" not in seal("295010102500", "nir:1")


def test_a_seal_moved_to_another_row_does_not_open() -> None:
    blob = seal("secret", "trainees.nir:1")
    with pytest.raises(BrokenSeal):
        unseal(blob, "trainees.nir:2")


@given(position=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_any_bit_flipped_breaks_the_seal(position: int, bit: int) -> None:
    blob = bytearray(seal("un secret", "nir:1"))
    blob[position % len(blob)] ^= 1 << bit
    with pytest.raises(BrokenSeal):
        unseal(bytes(blob), "nir:1")


@given(blob=st.binary(max_size=80))
def test_bytes_that_were_never_sealed_are_refused(blob: bytes) -> None:
    with pytest.raises(BrokenSeal):
        unseal(blob, "nir:1")


def test_a_memoryview_from_the_database_opens_too() -> None:
    assert unseal(memoryview(seal("x", "c")), "c") == "x"  # type: ignore[arg-type]


def test_after_a_rotation_old_seals_open_and_new_ones_use_the_new_key(settings) -> None:
    settings.VAULT_KEYS = [f"old:{KEY_A}"]
    old = seal("secret", "c")
    settings.VAULT_KEYS = [f"new:{KEY_B}", f"old:{KEY_A}"]
    assert unseal(old, "c") == "secret"
    assert (key_id_of(old), key_id_of(seal("secret", "c"))) == ("old", "new")


def test_a_seal_whose_key_is_gone_says_so(settings) -> None:
    settings.VAULT_KEYS = [f"old:{KEY_A}"]
    blob = seal("secret", "c")
    settings.VAULT_KEYS = [f"new:{KEY_B}"]
    with pytest.raises(BrokenSeal, match="keyring"):
        unseal(blob, "c")


def test_a_wrong_key_under_the_right_name_does_not_open(settings) -> None:
    settings.VAULT_KEYS = [f"k:{KEY_A}"]
    blob = seal("secret", "c")
    settings.VAULT_KEYS = [f"k:{KEY_B}"]
    with pytest.raises(BrokenSeal):
        unseal(blob, "c")


@pytest.mark.parametrize(
    "keys", [[], ["k"], ["k:"], [f":{KEY_A}"], ["k:AAAA"], ["k:###"], [f"k:{KEY_A}", f"k:{KEY_B}"], [f"é:{KEY_A}"]]
)
def test_a_keyring_that_can_not_serve_is_refused_by_name(keys: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="OPENOPCO_VAULT_KEYS"):
        check_keys(keys, KEY_A)


def test_a_blind_index_key_of_the_wrong_length_is_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="OPENOPCO_BLIND_INDEX_KEY"):
        check_keys([f"k:{KEY_A}"], "AAAA")


def test_a_blind_index_finds_the_same_value_and_keeps_purposes_apart(settings) -> None:
    assert blind_index("295", "nir") == blind_index("295", "nir")
    assert blind_index("295", "nir") != blind_index("295", "iban")
    assert blind_index("295", "nir") != blind_index("296", "nir")
    before = blind_index("295", "nir")
    settings.BLIND_INDEX_KEY = KEY_B
    assert blind_index("295", "nir") != before
