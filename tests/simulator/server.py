# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import app, seed
from .client import Client
from .clock import Clock
from .gateway import Receive, Scope, Send
from .settings import Settings
from .sim import Simulator

HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75


class _Protocol(H11Protocol):
    """Hands its transport to the application, so that a fault can really close the connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        inner: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope["sim.transport"] = transport
            await inner(scope, receive, send)

        self.app = with_transport


class _Server(uvicorn.Server):
    """Leaves signals to whoever started it: uvicorn would raise them again and end with their status."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(port: int) -> socket.socket:
    """A socket on loopback; raises OSError where the port is taken."""
    # asyncio turns Nagle's delay off only for sockets that say TCP.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock


def make(sim: Simulator, sock: socket.socket) -> uvicorn.Server:
    """A server that is ready to run `serve(sockets=[sock])`."""
    sim.base_url = f"http://{HOST}:{sock.getsockname()[1]}"
    config = uvicorn.Config(
        app.build(sim),
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        # Hanging answers are cut off at once; idle connections are closed in any case.
        timeout_graceful_shutdown=0,
    )
    return _Server(config)


@dataclass
class Handle:
    """A simulator that runs in a thread of this process."""

    url: str
    sim: Simulator
    _server: uvicorn.Server
    _thread: threading.Thread

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control API, from any thread; see Client.call."""
        return Client(self.url).call(method, path, body)

    def environ(self) -> dict[str, str]:
        """What the command line prints as exports."""
        return environ(self.url, self.sim.settings.flavor)

    def stop(self) -> None:
        """End it; returns when the port is free again."""
        self._server.should_exit = True
        self._thread.join()


def start(settings: Settings | None = None, volumes: int = 6, port: int = 0, clock: Clock | None = None) -> Handle:
    """Run a simulator in a thread; returns once it accepts connections. A test may bring its own clock."""
    sock = listen(port)
    sim = Simulator(settings or Settings(), volumes, clock)
    server = make(sim, sock)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])), daemon=True)
    thread.start()
    waiting = threading.Event()
    while not server.started and thread.is_alive():
        waiting.wait(0.005)
    return Handle(sim.base_url, sim, server, thread)


def environ(url: str, flavor: str = "huawei") -> dict[str, str]:
    """The variables by which a client finds this simulator; base URLs have no version and no project."""
    common = {
        "HW_AUTH_URL": f"{url}/v3",
        "HW_REGION_NAME": seed.REGION,
        "HW_PROJECT_ID": seed.PROJECT_ID,
        "HW_PROJECT_NAME": seed.REGION,
        "HW_USER_NAME": seed.USER_NAME,
        "HW_USER_PASSWORD": seed.PASSWORD,
        "HW_DOMAIN_NAME": seed.DOMAIN_NAME,
    }
    if flavor == "openstack":
        # No access keys there, and the catalog alone says where block storage is.
        return common
    return {
        **common,
        "HW_ACCESS_KEY": seed.ACCESS_KEY,
        "HW_SECRET_KEY": seed.SECRET_KEY,
        "HW_VBS_ENDPOINT": url,
        "HW_CSBS_ENDPOINT": url,
        "HW_EVS_ENDPOINT": url,
    }
