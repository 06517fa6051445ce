"""Downloads from a real server of this machine, and addresses that are not asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import CvatError, InvalidInput, InvalidMedia, RemoteFailed
from cvatcore.media.remote import downloading as remote
from cvatcore.media.remote.address import is_public
from cvatcore.media.remote.downloading import DownloadLimits, check_urls, download, is_url
from cvatcore.media.remote.names import MAX_BYTES, free_of, remote_name, safe_name
from kit.web_server import WebServer, web_server


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as made:
        yield made


def test_files_come_with_their_names_and_content(server: WebServer, tmp_path: Path) -> None:
    urls = [
        server.file("/a/0001.jpg", b"one", Content_Type="image/jpeg"),
        server.file("/b/0001.jpg", b"two"),
        server.file("/c/get?id=3", b"three", Content_Type="image/png"),
        server.file("/d", b"four", Content_Disposition='attachment; filename="../../etc/four.png"'),
        server.redirect("/e.bmp", "/moved/elsewhere"),
        server.file("/gr%C3%BCn.webp", b"six"),
    ]
    server.file("/moved/elsewhere", b"five", Content_Type="application/octet-stream")
    told: list[tuple[int, int]] = []
    paths = download([*urls, urls[0]], into=tmp_path / "in", allow_private=True, progress=lambda *at: told.append(at))
    assert [path.name for path in paths] == ["0001.jpg", "0001_1.jpg", "get.png", "four.png", "e.bmp", "grün.webp"]
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three", b"four", b"five", b"six"]
    assert {path.parent for path in paths} == {tmp_path / "in"}
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert "/c/get?id=3" in server.asked


def test_what_is_private_is_not_asked(server: WebServer, tmp_path: Path) -> None:
    server.file("/a.jpg", b"secret")
    port = server.port
    for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"):
        with pytest.raises((InvalidInput, RemoteFailed)) as caught:
            download([f"http://{host}:{port}/a.jpg"], into=tmp_path / "in")
        assert isinstance(caught.value, InvalidInput) or "found" in caught.value.message
    assert server.asked == []
    assert list((tmp_path / "in").iterdir()) == []


def test_a_redirect_to_what_is_private_is_not_followed(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public server, which is really ours, leads to this machine."""
    real = socket.create_connection
    reached: list[tuple[str, int]] = []

    def lookup(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = "93.184.216.34" if host == "public.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(address)
        return real(("127.0.0.1", address[1]), timeout)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr("cvatcore.media.remote.address.socket.create_connection", connect)
    server.file("/secret.jpg", b"secret")
    for target in (f"http://127.0.0.1:{server.port}/secret.jpg", f"http://10.0.0.1:{server.port}/secret.jpg"):
        server.redirect("/a.jpg", target)
        with pytest.raises(InvalidInput, match="private network"):
            download([f"http://public.example:{server.port}/a.jpg"], into=tmp_path)
    assert set(reached) == {("93.184.216.34", server.port)}
    assert "/secret.jpg" not in server.asked
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_looked_up_once(server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a server could show a public address to the check and a private one to the connection."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: str, port: int, *more: Any, **named: Any) -> Any:
        if not host[:1].isdigit():
            asked.append(host)
        return real("127.0.0.1" if host == "rebound.example" else host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    server.file("/a.jpg", b"x")
    download([f"http://rebound.example:{server.port}/a.jpg"], into=tmp_path, allow_private=True)
    assert asked == ["rebound.example"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/a.jpg", "Unsupported URL scheme: ftp. Only http and https are supported"),
        ("file:///etc/passwd", "Unsupported URL scheme: file"),
        ("a.jpg", "Unsupported URL scheme: a.jpg"),
        ("http:///a.jpg", "names no server"),
        ("http://[::1", "is no URL"),
        ("http://example.org:99999/", "is no URL"),
        ("http://me:secret@example.org/a.jpg", "user name or a password"),
        ("http://example.org/a b.jpg", "blank"),
        ("http://example.org/\r\nHost: x", "blank"),
    ],
)
def test_what_is_no_address_is_refused(url: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_urls(["https://example.org/good.jpg", url])
    assert said in caught.value.message
    assert "secret" not in caught.value.message + caught.value.hint


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def _cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"x" * 10)


def _no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n" * 3)


def test_what_servers_do_wrong_leaves_nothing(server: WebServer, tmp_path: Path) -> None:
    server.answers |= {"/endless.jpg": _endless, "/cut.jpg": _cut_off, "/ssh.jpg": _no_http}
    server.redirect("/circle.jpg", "/circle.jpg")
    server.file("/page.jpg", b"<html>", Content_Type="text/html; charset=utf-8")
    server.file("/empty.jpg", b"")
    server.file("/packed.jpg", b"x", Content_Encoding="gzip")
    server.file("/large.jpg", b"x" * 2_000_000)
    good = server.file("/good.jpg", b"good")
    expected: dict[str, tuple[type[CvatError], str]] = {
        "/none.jpg": (RemoteFailed, "404 Not Found"),
        "/endless.jpg": (InvalidInput, "larger than what is taken"),
        "/large.jpg": (InvalidInput, "larger than what is taken"),
        "/cut.jpg": (RemoteFailed, "10 of 1000 bytes"),
        "/ssh.jpg": (RemoteFailed, "Failed to download"),
        "/circle.jpg": (RemoteFailed, "more than 5 times"),
        "/page.jpg": (InvalidMedia, "web page"),
        "/empty.jpg": (InvalidMedia, "empty"),
        "/packed.jpg": (RemoteFailed, "encoding"),
    }
    limits = DownloadLimits(file_bytes=1_000_000)
    for path, (kind, said) in expected.items():
        with pytest.raises(kind, match=said):
            download([good, server.url + path], into=tmp_path / "in", allow_private=True, limits=limits)
        assert list((tmp_path / "in").iterdir()) == [], path


def test_all_files_together_are_bounded(server: WebServer, tmp_path: Path) -> None:
    urls = [server.file(f"/{number}.jpg", b"x" * 600) for number in range(2)]
    with pytest.raises(InvalidInput, match="400 bytes are left"):
        download(urls, into=tmp_path, allow_private=True, limits=DownloadLimits(total_bytes=1000))
    with pytest.raises(InvalidInput, match="2 addresses are more than 1"):
        download(urls, into=tmp_path, allow_private=True, limits=DownloadLimits(files=1))
    assert list(tmp_path.iterdir()) == []


def test_slow_headers_are_given_up(server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        handler.wfile.flush()
        handler.connection.settimeout(20)
        handler.connection.recv(1)  # Until the client leaves.

    server.answers["/slow.jpg"] = drip
    monkeypatch.setattr(remote, "HEADER_SECONDS", 0.2)
    with pytest.raises(RemoteFailed, match="does not answer"):
        download([server.url + "/slow.jpg"], into=tmp_path, allow_private=True)


def test_a_download_is_cancelled(server: WebServer, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        download([server.file("/a.jpg", b"x")], into=tmp_path, allow_private=True, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(RemoteFailed, match="cannot be reached"):
            download([f"http://127.0.0.1:{free.getsockname()[1]}/a.jpg"], into=tmp_path, allow_private=True)


PRIVATE = [
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%1", "fc00::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "::127.0.0.1", "x"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_what_is_meant_as_an_address() -> None:
    assert all(map(is_url, ["http://x", "HTTPS://x/y", "ftp://x", "s3://bucket"]))
    assert not any(map(is_url, ["a.jpg", "/a//b", "C:\\x", "a b://x", "./http://x", "://x"]))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"url": "http://x/a.jpg?size=1"}, "a.jpg"),
        ({"url": "http://x/a.jpg", "disposition": "attachment; filename*=UTF-8''b%20%E2%82%AC.png"}, "b €.png"),
        ({"url": "http://x/", "content_type": "video/mp4"}, "download.mp4"),
        ({"url": "http://x/"}, "download"),
        ({"url": "http://x/%2e%2e%2f%2e%2e%2fpasswd", "content_type": "image/png"}, "passwd.png"),
        ({"url": "http://x/get", "final_url": "http://y/z/film.mkv?sig=1"}, "film.mkv"),
        ({"url": "http://x/nul.jpg"}, "_nul.jpg"),
        ({"url": "http://x/.git.jpg"}, "git.jpg"),
        ({"url": "http://x/cvat.toml"}, "_cvat.toml"),
        ({"url": "http://x/list.jsonl", "content_type": "text/plain"}, "list.jsonl"),
    ],
)
def test_names(options: dict[str, str], name: str) -> None:
    assert remote_name(options.pop("url"), **options) == name


@given(name=st.text(max_size=400), extension=st.sampled_from(["", ".jpg", ".tar.gz", "." + "x" * 50]))
def test_any_name_becomes_one_that_every_system_can_have(name: str, extension: str) -> None:
    made = safe_name(name + extension)
    assert len(made.encode()) <= MAX_BYTES
    assert not made.startswith(".")
    assert not set(made) & set('/\\:*?"<>|\0\n\r\x7f')
    assert made not in {"..", "."}


@given(names=st.lists(st.sampled_from(["a.jpg", "A.jpg", "a_1.jpg", "b", "B"]), max_size=8))
def test_names_are_kept_apart_in_any_case(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        free = free_of(name, taken)
        assert free.lower() not in taken
        taken.add(free.lower())
    assert len(taken) == len(names)
