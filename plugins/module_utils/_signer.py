# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access-key signing, SDK-HMAC-SHA256 with the C(Access=) layout (F §2.3). Pure but for the clock it is given."""

from __future__ import annotations

import hashlib
import hmac
import time
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_plus, urlsplit

if t.TYPE_CHECKING:  # pragma: no cover
    from requests import PreparedRequest

ALGORITHM = "SDK-HMAC-SHA256"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SIGNED = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")


@dataclass(frozen=True)
class AccessKeyAuth:
    """A requests auth: signs each prepared request anew, so a repeated request carries a fresh date.

    Its own C(__eq__) and C(__repr__) come from the dataclass; C(repr) is replaced so that no secret is printed.
    """

    access_key: str
    secret_key: str
    now: Callable[[], float]
    security_token: str | None = None
    project_id: str | None = None

    def __repr__(self) -> str:
        return f"AccessKeyAuth({self.access_key})"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = request.url or ""
        headers = request.headers
        headers["Host"] = host_header(url)
        headers["X-Sdk-Date"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.now()))
        if self.project_id:
            headers["X-Project-Id"] = self.project_id
        if self.security_token:
            headers["X-Security-Token"] = self.security_token
        signed = {name: str(headers[name]) for name in _SIGNED if name in headers}
        body = request.body or b""
        body = body.encode("utf-8") if isinstance(body, str) else body
        headers["Authorization"] = authorization(
            self.access_key, self.secret_key, request.method or "GET", url, signed, body
        )
        return request


def host_header(url: str) -> str:
    """The C(Host) that goes over the wire: the port is left out where it is the scheme's own."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def authorization(
    access_key: str, secret_key: str, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> str:
    """The C(Authorization) header over exactly the given headers, which must hold C(x-sdk-date)."""
    lowered = {name.lower(): value for name, value in headers.items()}
    digest = hashlib.sha256(canonical_request(method, url, lowered, body).encode("utf-8")).hexdigest()
    to_sign = f"{ALGORITHM}\n{lowered['x-sdk-date']}\n{digest}"
    signature = hmac.new(secret_key.encode("utf-8"), to_sign.encode("utf-8"), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={';'.join(sorted(lowered))}, Signature={signature}"


def canonical_request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> str:
    """The six parts of F §2.3, joined by newlines; header names must be lower case."""
    parts = urlsplit(url)
    names = sorted(headers)
    return "\n".join(
        (
            method.upper(),
            _canonical_path(parts.path),
            _canonical_query(parts.query),
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _canonical_path(path: str) -> str:
    # Decoded as a whole before it is split, as Huawei's own signer does: an encoded slash counts as a slash.
    encoded = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_query(query: str) -> str:
    pairs = []
    for part in query.split("&") if query else []:
        name, _unused, value = part.partition("=")
        pairs.append((unquote_plus(name), unquote_plus(value)))
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in sorted(pairs))
