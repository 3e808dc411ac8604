# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulators in this process, in the clear or behind TLS with a certificate that nobody signed."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator import server
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


def make_certificate() -> Certificate:
    """Make a certificate, which is good for a day."""
    pem = project.ROOT / "server.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server.HOST)])
    now = dt.datetime.now(dt.timezone.utc)
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(server.HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(place, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    pem.touch(mode=0o600)
    plain = serialization.NoEncryption()
    pem.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain) + text)
    return Certificate(pem, text.decode())
