"""How much of a request's files is read."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from openopco.documents import uploads
from openopco.documents.actions import examine_upload
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import Limits

from . import hostile

Receive = Callable[[bytes], "UploadedFile[Any]"]


@pytest.fixture
def received() -> Iterator[Receive]:
    """Sends a content in a real multipart request, and gives the file that the view would get."""
    requests: list[HttpRequest] = []

    def receive(content: bytes) -> "UploadedFile[Any]":
        file = io.BytesIO(content)
        file.name = "a.pdf"
        requests.append(RequestFactory().post("/", {"file": file}))
        one = requests[-1].FILES["file"]
        assert isinstance(one, UploadedFile)
        return one

    yield receive
    for request in requests:
        request.close()


def test_a_file_within_the_limit_arrives_whole(received: Receive) -> None:
    content = hostile.pdf()
    assert received(content).read() == content


@pytest.mark.parametrize("over", [1, 3 << 20])
def test_a_file_beyond_the_limit_is_cut_just_past_it_then_refused(
    over: int, received: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Limits(file_megabytes=1)
    monkeypatch.setattr(uploads, "LIMITS", small)
    monkeypatch.setattr("openopco.documents.inspect.LIMITS", small)
    one = received(bytes(small.file_bytes + over))
    assert one.size == small.file_bytes + 1
    with pytest.raises(RefusedFile) as caught:
        examine_upload(one)
    assert caught.value.code == RefusalCode.TOO_BIG


def test_a_large_file_goes_through_the_disk_and_arrives_whole(received: Receive) -> None:
    content = hostile.pdf() + bytes(4 << 20)
    one = received(content)
    assert one.size == len(content)
    assert examine_upload(one).size == len(content)


def test_an_upload_read_once_already_is_read_from_its_start(received: Receive) -> None:
    one = received(hostile.pdf())
    one.read()
    assert examine_upload(one).pages == 1
