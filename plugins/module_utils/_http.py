# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that talks HTTP: a requests session with time limits, TLS, retries and bounded answers."""

from __future__ import annotations

import json
import threading
import traceback
import typing as t
from collections.abc import Iterable
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, read_answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._body import ACCEPTED, coding_of, pieces
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import TRANSIENT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._secrets import Secrets
from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable
from ansible_collections.huaweicloud.backup.plugins.module_utils._transport import transport_error

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    from requests import exceptions
    from urllib3.exceptions import HTTPError, MaxRetryError
    from urllib3.util.retry import Retry
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

if t.TYPE_CHECKING:  # pragma: no cover
    from requests import PreparedRequest, Response

AuthCallable = t.Callable[["PreparedRequest"], "PreparedRequest"]

# After decompression; the largest real page (1,000 backups with metadata) has about 1.5 MB.
ANSWER_LIMIT = 32 * 1024 * 1024
# The longest name that a host can have.
_HOST_LIMIT = 253
# After api_timeout, so that errors with a better message come first.
_GRACE = 1.0
# Before a request goes out again, each time twice as long, in seconds.
BACKOFF = 0.5
BACKOFF_LIMIT = 30.0


class Request(t.NamedTuple):
    """One request. ``creating`` is true for calls that make something new at each repetition."""

    purpose: str
    method: str
    url: str
    body: t.Any = None
    auth: AuthCallable | None = None
    creating: bool = False

    @property
    def what(self) -> str:
        """For messages: what was tried, and the request without its query."""
        parts = urlsplit(self.url)
        return f"{self.purpose} ({self.method} {parts.scheme}://{parts.netloc}{parts.path})"


class Http:
    """Sends requests and repeats those that may be repeated (architecture.md, Retries and lost answers).

    Any thread may send; each has a session of its own, because those of requests are not made to be shared.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        timeout: int,
        retries: int,
        verify: bool | str,
        user_agent: str,
        secrets: Secrets | None = None,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._retries = retries
        self._verify = verify
        self._secrets = Secrets(lambda _secret: None) if secrets is None else secrets
        self._of_thread = threading.local()
        self._headers = {
            "Accept": "application/json",
            # Mandatory on every call, GET and DELETE too (F §3.1).
            "Content-Type": "application/json",
            "Accept-Encoding": ACCEPTED,
            "User-Agent": user_agent,
        }

    def send(self, request: Request) -> Answer:
        """One answer, after as many repetitions as are allowed and needed.

        :raises LostAnswerError: a creating call may or may not have been done.
        :raises ApiError, AnswerError, TransportError: it failed.
        """
        budget = Retry(total=self._retries, backoff_factor=BACKOFF)
        may_be_done = False
        while True:
            try:
                return self._once(request)
            except (ApiError, AnswerError, TransportError) as error:
                error.may_be_done = may_be_done = may_be_done or _is_unclear(error)
                if not _may_repeat(request, error):
                    raise
                budget = self._spend(budget, request, error)
                self._clock.sleep(self._pause(budget, error))

    def send_once(self, request: Request) -> Answer:
        """The same without any repetition, for whoever paces and repeats many requests together."""
        try:
            return self._once(request)
        except (ApiError, AnswerError, TransportError) as error:
            error.may_be_done = _is_unclear(error)
            _may_repeat(request, error)
            raise

    @property
    def _session(self) -> requests.Session:
        found: requests.Session | None = getattr(self._of_thread, "session", None)
        if found is None:
            found = self._of_thread.session = _new_session()
        return found

    def _spend(self, budget: Retry, request: Request, error: BackupError) -> Retry:
        try:
            return budget.increment(request.method, urlsplit(request.url).path, error=error)
        except MaxRetryError:
            raise error from None

    def _pause(self, budget: Retry, error: BackupError) -> float:
        asked = error.retry_after if isinstance(error, ApiError) else None
        spread = self._clock.jitter()
        if asked is not None:
            return asked + 0.25 * spread
        backoff = min(max(budget.get_backoff_time(), BACKOFF / 2), BACKOFF_LIMIT)
        return backoff * (0.5 + 0.5 * spread)

    def _once(self, request: Request) -> Answer:
        deadline = self._clock.monotonic() + self._timeout
        data = None if request.body is None else _to_json(request.body)
        try:
            # The limits of requests are for each piece that comes, so a server that dribbles would have for ever.
            # A callable auth, even one that adds nothing, keeps requests from reading ~/.netrc.
            with (
                self._clock.limit(self._timeout + _GRACE),
                self._session.request(
                    request.method,
                    request.url,
                    data=data,
                    headers=self._headers,
                    auth=request.auth or _no_auth,
                    timeout=self._timeout,
                    verify=self._verify,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                content = self._read(request, _pieces(request, response), deadline)
        except (exceptions.RequestException, HTTPError, HTTPException, OSError) as error:
            raise transport_error(request.what, error) from None
        # Known before anything is said about the answer, which may be no good or repeat it.
        self._secrets.add(response.headers.get("X-Subject-Token") or "")
        if response.status_code < 200:
            # Only a last answer says what became of the request.
            raise AnswerError(f"{request.what}: HTTP {response.status_code}, which is no last answer")
        if 300 <= response.status_code < 400:
            location = self._secrets.hide(response.headers.get("Location") or "")
            raise _redirect(request, response.status_code, location)
        return read_answer(request.what, response.status_code, response.headers, content, self._secrets)

    def _read(self, request: Request, chunks: Iterable[bytes], deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > ANSWER_LIMIT:
                raise AnswerError(f"{request.what}: the answer is larger than {ANSWER_LIMIT >> 20} MB")
            if self._clock.monotonic() > deadline:
                raise TransportError(f"{request.what}: no whole answer within {self._timeout} s", sent=True)
            parts.append(chunk)
        return b"".join(parts)


def _pieces(request: Request, response: Response) -> Iterable[bytes]:
    try:
        coding = coding_of(response.headers.get("Content-Encoding"))
    except ValueError as error:
        if response.status_code >= 300:
            # The status says enough.
            return ()
        shown = printable(str(error), 40)
        raise AnswerError(f"{request.what}: the answer is packed as {shown!r}, which was not asked for") from None
    # Before 2.0 urllib3 takes an answer that breaks off for a whole one.
    response.raw.enforce_content_length = True
    return pieces(response.raw, coding)


def _to_json(body: t.Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _new_session() -> requests.Session:
    """A session without cookies, for which no answer is a redirect.

    Even one that is not to be followed would make requests read the whole answer, without a bound.
    """

    class Session(requests.Session):
        def get_redirect_target(self, resp: Response) -> None:
            """Nowhere."""

    session = Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _no_auth(request: PreparedRequest) -> PreparedRequest:
    return request


def _may_repeat(request: Request, error: BackupError) -> bool:
    """Whether to send again at once; for a creating call an unclear outcome becomes LostAnswerError instead."""
    if isinstance(error, TransportError):
        if request.creating and error.sent:
            raise LostAnswerError(error) from None
        return error.retryable
    if isinstance(error, AnswerError):
        if request.creating:
            raise LostAnswerError(error) from None
        return False
    if not isinstance(error, ApiError) or error.kind != TRANSIENT:
        return False
    if request.creating and _is_unclear(error):
        raise LostAnswerError(error) from None
    return True


def _is_unclear(error: BackupError) -> bool:
    """Whether a request that ended so may have been carried out all the same."""
    if isinstance(error, TransportError):
        return error.sent
    status = error.http_status or 0
    if isinstance(error, AnswerError):
        return not 300 <= status < 400
    return status == 408 or (status >= 500 and status != 503)


def _redirect(request: Request, status: int, location: str) -> AnswerError:
    host = location.partition("//")[2].partition("/")[0][:_HOST_LIMIT] or "no host"
    return AnswerError(
        f"{request.what}: HTTP {status}, a redirect to {host}, which is not followed",
        http_status=status,
        advice="give the final address in endpoints or auth_url",
    )
