# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request that got no answer came to, and whether that proves that it was never sent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import TransportError

try:
    from requests import exceptions
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
except ImportError:
    # The runner says so.
    pass

# How http.client says that a proxy answered CONNECT with a refusal.
_NO_TUNNEL = "Tunnel connection failed"


def transport_error(what: str, error: Exception) -> TransportError:
    """The error of a request without an answer, from what requests, urllib3 or http.client raised."""
    cause = _innermost(error)
    # Of the proxy's own words only the status.
    shown = str(cause)[: len(_NO_TUNNEL) + 5] if _is_refused_tunnel(cause) else None
    reason = shown or getattr(cause, "strerror", None)
    reason = reason or type(cause).__name__
    # A connection that just ends, such as a load balancer's that restarts, says nothing against the certificate.
    is_cut = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    if isinstance(error, exceptions.SSLError) and not is_cut:
        return TransportError(
            f"{what}: the TLS certificate or handshake was refused ({cause})",
            sent=not _is_before_sending(error),
            retryable=False,
            advice="give the authority that signed the certificate in ca_path",
        )
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema)):
        return TransportError(f"{what}: this is not a usable address", sent=False, retryable=False)
    if isinstance(error, exceptions.ProxyError) and _is_before_sending(error):
        return TransportError(f"{what}: the proxy cannot be reached, or refuses ({reason})", sent=False)
    if isinstance(error, exceptions.ConnectTimeout) or _is_before_sending(error):
        return TransportError(f"{what}: cannot connect ({reason})", sent=False)
    waited = (exceptions.Timeout, ReadTimeoutError, socket.timeout)
    if any(isinstance(cause, waited) for cause in _causes(error)):
        return TransportError(f"{what}: no answer in time", sent=True)
    return TransportError(f"{what}: the connection was lost ({reason})", sent=True)


def _is_before_sending(error: BaseException) -> bool:
    """Proof that nothing was sent: the connection itself, or the proxy's tunnel, could not be made.

    No kind of error alone is one: TLS and proxies may also fail under a request that is on its way.
    """
    early = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)
    return any(isinstance(cause, early) or _is_refused_tunnel(cause) for cause in _causes(error))


def _is_refused_tunnel(cause: BaseException) -> bool:
    # The text of an HTTPException may be the server's, such as a status line that is none.
    return isinstance(cause, OSError) and str(cause).startswith(_NO_TUNNEL)


def _innermost(error: BaseException) -> BaseException:
    """The last cause that is about the connection; urllib3 before 2.0 has mishaps of its own behind it."""
    about = (OSError, HTTPException, HTTPError)
    return [cause for cause in _causes(error) if cause is error or isinstance(cause, about)][-1]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        seen += 1
        inner = getattr(error, "reason", None) or getattr(error, "original_error", None)
        inner = inner or error.__cause__ or error.__context__
        if inner is None and error.args and isinstance(error.args[0], BaseException):
            inner = error.args[0]
        error = inner if isinstance(inner, BaseException) else None
