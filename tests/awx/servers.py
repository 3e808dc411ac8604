# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulators in this process, in the clear or behind TLS with a certificate that nobody signed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator import server
from simulator.certificate import make_certificate
from simulator.settings import Settings
from simulator.sim import Simulator

from . import project


@dataclass(frozen=True)
class Certificate:
    """A certificate for loopback that nobody signed, and the file that holds it with its key."""

    pem: Path
    text: str


@contextmanager
def serving(certificate: Certificate | None) -> Iterator[server.Handle]:
    """Run a simulator while the block runs; with a certificate, behind TLS."""
    handle = _start_secure(certificate.pem) if certificate else server.start(Settings())
    try:
        yield handle
    finally:
        handle.stop()


def _start_secure(pem: Path) -> server.Handle:
    sock = server.listen(0)
    sim = Simulator(Settings(), 1)
    running = server.make(sim, sock)
    running.config.ssl_certfile = pem
    sim.base_url = sim.base_url.replace("http:", "https:")
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[sock])), daemon=True)
    thread.start()
    waiting = threading.Event()
    while not running.started and thread.is_alive():
        waiting.wait(0.005)
    return server.Handle(sim.base_url, sim, running, thread)


def secured() -> Certificate:
    """Make a certificate for the runs."""
    pem = project.ROOT / "server.pem"
    return Certificate(pem, make_certificate(pem))
