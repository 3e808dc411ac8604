# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a free port of this machine, for what only real sockets can show."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t
from collections.abc import Iterator

Handler = t.Callable[[socket.socket], None]

# With a busy machine.
_PATIENCE = 60.0


class Server:
    """Answers one connection after the other, each with the next handler, then stops listening.

    :param answers: the bytes to send, or what to do with the connection once the request is there.
    :param reads: whether to read the request first; without TLS there is none to be made out.
    """

    def __init__(self, *answers: bytes | Handler, reads: bool = True) -> None:
        self._answers = answers
        self._reads = reads
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_PATIENCE)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[Server]:
        """Serve in a thread of its own, which ends with the context."""
        self._thread.start()
        try:
            yield self
        finally:
            with contextlib.suppress(OSError):
                # Wakes an accept that still waits; closing alone does not.
                self._listener.shutdown(socket.SHUT_RDWR)
            self._thread.join(_PATIENCE)
            self._listener.close()
        assert not self._thread.is_alive(), "the server did not end by itself"

    def _serve(self) -> None:
        # A client that hangs up early, or a test that ends before all answers were asked for, is no fault here.
        with contextlib.suppress(OSError):
            for answer in self._answers:
                connection, _address = self._listener.accept()
                with connection:
                    connection.settimeout(_PATIENCE)
                    self.requests.append(_read_request(connection) if self._reads else b"")
                    self._answer(connection, answer)
        self._listener.close()

    def _answer(self, connection: socket.socket, answer: bytes | Handler) -> None:
        with contextlib.suppress(OSError):
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)

    def header(self, number: int, name: str) -> str | None:
        """A header of a request as it came over the wire; None where it was not sent."""
        for line in self.requests[number].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
            key, _colon, value = line.decode("latin-1").partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


def loopback(*answers: bytes | Handler, reads: bool = True) -> t.ContextManager[Server]:
    """A server that runs within the context; see Server."""
    return Server(*answers, reads=reads).serving()


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head = data.partition(b"\r\n\r\n")[0].lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
    while len(data) - len(head) - 4 < length:
        data += connection.recv(65536)
    return data


def reply(body: bytes = b"{}", *, status: str = "200 OK", headers: t.Sequence[str] = (), length: int | None = None):
    """A whole answer; ``length`` lies about how long the body is."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
