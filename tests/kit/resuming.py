"""Files sent by TUS, as CVAT's clients do it."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import httpx2 as httpx
from starlette.testclient import TestClient

TUS = {"Tus-Resumable": "1.0.0"}


def metadata(name: str) -> dict[str, str]:
    """The header that names a file."""
    return {"Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}"}


def announce(client: TestClient | httpx.Client, url: str, name: str, length: int) -> httpx.Response:
    """Announce a file; the answer has its address."""
    return client.post(url, headers=TUS | metadata(name) | {"Upload-Length": str(length)})


def address(answer: httpx.Response) -> str:
    """The path at which a file that was announced goes on."""
    assert answer.status_code == 201, answer.text
    return urlsplit(answer.headers["location"]).path


def send(client: TestClient | httpx.Client, place: str, data: bytes, *, offset: int) -> httpx.Response:
    """Send the bytes from an offset on."""
    headers = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    return client.patch(place, content=data, headers=headers)


def send_all(client: TestClient | httpx.Client, url: str, name: str, data: bytes, *, size: int = 1 << 20) -> str:
    """Send a whole file in pieces; returns the name that it got."""
    made = announce(client, url, name, len(data))
    place, named = address(made), made.headers["upload-filename"]
    for offset in range(0, len(data), size):
        answer = send(client, place, data[offset : offset + size], offset=offset)
        assert answer.status_code == 204, answer.text
        assert answer.headers["upload-offset"] == str(min(offset + size, len(data)))
        named = answer.headers["upload-filename"]
    return named
