# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import parse_qsl

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from . import errors, seed
from .clock import Clock
from .settings import Settings
from .wire import Request

AUTHORIZATION = re.compile(r"SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-fA-F]+)")
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
UNSIGNED = "UNSIGNED-PAYLOAD"
MOST_SIGNED_BYTES = 12 * 1024 * 1024


@dataclass
class Token:
    """An issued token (F §2.1)."""

    id: str
    user: seed.User
    project_id: str
    domain_scoped: bool
    issued_at: float
    expires_at: float
    revoked: bool = False


@dataclass(frozen=True)
class Identity:
    """Who calls; an access key has no token."""

    user: seed.User
    token: Token | None


@dataclass(frozen=True)
class _Signed:
    """What an Authorization header says (F §2.3)."""

    access: str
    names: list[str]
    signature: str


def refused(cause: str, code: str = "APIGW.0301") -> errors.ApiError:
    """The gateway's refusal; the text names the cause (F §2.4)."""
    return errors.gateway(code, f"Incorrect IAM authentication information: {cause}")


class Gatekeeper:
    """Knows the tokens and access keys, and counts failed signatures (F §2.3)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tokens: dict[str, Token] = {}
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}

    def issue(self, user: seed.User, project_id: str, *, domain_scoped: bool, seconds: float) -> Token:
        """Make a token; real ones are long texts, so this one is no UUID either."""
        now = self._clock.now()
        token = Token("MII" + secrets.token_urlsafe(180), user, project_id, domain_scoped, now, now + seconds)
        self.tokens[token.id] = token
        return token

    def forget_failures(self) -> None:
        """Unlock every access key."""
        self._failures.clear()
        self._locked_until.clear()

    def end_tokens(self, *, revoke: bool) -> int:
        """Expire, or revoke, every token; the number of tokens that were good until now."""
        good = [token for token in self.tokens.values() if not token.revoked and token.expires_at > self._clock.now()]
        for token in good:
            if revoke:
                token.revoked = True
            else:
                token.expires_at = self._clock.now()
        return len(good)

    def identify(self, request: Request, settings: Settings) -> Identity:
        """Who sent this; raises the gateway's 401 (F §2.4)."""
        header = request.headers.get("authorization", "")
        if header:
            request.auth = "aksk"
            return self._by_signature(request, header, settings)
        if "x-auth-token" in request.headers:
            request.auth = "token"
            return self._by_token(request.headers["x-auth-token"], settings)
        raise refused("x-auth-token not found")

    def _by_token(self, text: str, settings: Settings) -> Identity:
        token = self.tokens.get(text)
        if token is None or token.revoked:
            raise refused("the token could not be decoded")
        if token.expires_at <= self._clock.now():
            raise refused("the token expired", settings.expired_token_code)
        return Identity(token.user, token)

    def _by_signature(self, request: Request, header: str, settings: Settings) -> Identity:
        if len(request.body) > MOST_SIGNED_BYTES:
            raise errors.gateway("APIGW.0201", "the body is too large for an access key; use a token")
        match = AUTHORIZATION.fullmatch(header)
        if match is None:
            raise refused("the Authorization header is not SDK-HMAC-SHA256 with Access, SignedHeaders and Signature")
        access, names, signature = match.groups()
        key = seed.KEYS.get(access)
        if key is None:
            raise refused(f"the access key {access} is not known")
        if self._locked_until.get(access, 0.0) > self._clock.ticks():
            raise refused(f"the access key {access} is locked after too many failures")
        signed = _Signed(access, names.split(";"), signature.lower())
        cause = self._fault_in(request, key, signed, settings.skew_seconds)
        if cause:
            self._count_failure(access, settings)
            raise refused(cause)
        self._failures.pop(access, None)
        return Identity(seed.USERS[key.user_name], None)

    def _count_failure(self, access: str, settings: Settings) -> None:
        self._failures[access] = self._failures.get(access, 0) + 1
        if self._failures[access] > settings.lock_failures:
            self._failures[access] = 0
            self._locked_until[access] = self._clock.ticks() + settings.lock_seconds

    def _fault_in(self, request: Request, key: seed.Key, signed: _Signed, skew: float) -> str:
        """What is wrong with the signed request; an empty text when nothing is."""
        try:
            signed_at = _moment(request)
        except ValueError:
            return "X-Sdk-Date is missing or malformed"
        if "x-sdk-date" not in signed.names or any(name not in request.headers for name in signed.names):
            return "SignedHeaders lacks x-sdk-date or lists a header that was not sent"
        if abs(signed_at.timestamp() - self._clock.now()) > skew:
            return "the X-Sdk-Date is too far from the time here"
        if key.security_token and not _same(request.headers.get("x-security-token", ""), key.security_token):
            return "the security token does not belong to the access key"
        if not key.security_token and "x-security-token" in request.headers:
            return "the security token does not belong to the access key"
        if not _same(signature_of(request, signed.names, signed.access, key.secret), signed.signature):
            return "the signature check failed"
        return ""


def _moment(request: Request) -> datetime:
    """The time at which the request says it was signed; raises ValueError."""
    text = request.headers.get("x-sdk-date", "")
    return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=timezone.utc)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def signature_of(request: Request, names: list[str], access: str, secret: str) -> str:
    """What Huawei's own signer makes of the request as received, with just the headers that were signed (F §2.3).

    Its public `sign` always signs Host, while a client may leave it out; hence its three steps are called one by one.
    """
    signer = Signer(BasicCredentials(access, secret))
    # UNSIGNED-PAYLOAD stands for the body's hash; any other text there would let the body be anything.
    content = request.headers.get("x-sdk-content-sha256", UNSIGNED)
    sent = SdkRequest(
        method=request.method,
        resource_path=request.raw_path,
        query_params=parse_qsl(request.raw_query, keep_blank_values=True),
        header_params={name: request.headers[name] for name in names},
        body=request.body,
    )
    if content != UNSIGNED and content.lower() != signer._hash_hex_string(request.body):
        return ""
    canonical = signer._process_canonical_request(sent, sorted(names))
    text = signer._process_string_to_sign(canonical, _moment(request))
    return str(signer._sign_string_to_sign(text, secret))
