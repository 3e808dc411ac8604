# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to one project's services: address, sign-in, renewal of a dead token, and the native API's version."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode, urlsplit

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import Auth
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Endpoints, Place
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    LostAnswerError,
    ServiceMissingError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request

Query = Sequence[tuple[str, t.Any]]
Path = Sequence[str]

_CLOSED = "BackupService.4008"


class _Call(t.NamedTuple):
    """One call, before it is known where it goes."""

    what: str
    method: str
    path: Path
    query: Query = ()
    body: t.Any = None
    creating: bool = False


class Client:
    """One project's services. Every call returns a checked answer or raises an error of C(_errors)."""

    def __init__(self, *, http: Http, auth: Auth, endpoints: Endpoints, native_api: str = "auto") -> None:
        self._http = http
        self._auth = auth
        self._endpoints = endpoints
        self._native_api = native_api
        self._versions: dict[str, str] = {}
        # Whether anything went out that changed something, or may have: its answer was lost.
        self.has_written = False

    @property
    def project_id(self) -> str:
        """The project that all calls are for."""
        return self._auth.project_id()

    @property
    def signs_requests(self) -> bool:
        """Whether access keys are used, which only Huawei's own clouds know."""
        return self._auth.signs_requests

    def require_vbs(self, otherwise: str = "with the option api set to native") -> None:
        """Ask, without a request of its own, whether VBS's own form is offered, so that check mode knows it too.

        :param otherwise: how the same is done without it.
        :raises ServiceMissingError: the catalog has no VBS.
        """
        try:
            self._endpoints.place("vbs")
        except ServiceMissingError as error:
            error.advice = f"{otherwise}, block storage may do it; {error.advice}"
            raise

    def vbs(
        self,
        what: str,
        method: str,
        path: Path,
        *,
        version: str = "v2",
        query: Query = (),
        body: t.Any = None,
        creating: bool = False,
    ) -> Answer:
        """A call of VBS's own form, on C(/v2), or C(/v1) for jobs (F §1).

        :param what: what is tried and on what, for messages.
        :raises ServiceMissingError: the catalog has no VBS, the path is unknown, or the project is closed out.
        """
        return self._own("vbs", version, _Call(what, method, path, query, body, creating))

    def vbs_later(self, what: str, method: str, path: Path, *, body: t.Any, creating: bool) -> Callable[[], Answer]:
        """The same as one request that goes out when it is called, in any thread: not repeated, no token renewed.

        Address and sign-in are looked up here and now.
        """
        place = self._endpoints.place("vbs")
        request = self._request(self._url(place.base, "v2", path, ()), _Call(what, method, path, (), body, creating))

        def send() -> Answer:
            try:
                return self._send_with(self._http.send_once, request)
            except ApiError as error:
                raise self._explain(error, place) from None

        return send

    def renew_token(self) -> bool:
        """Replace a dead token, for requests that were sent later; False where there is nothing to renew."""
        return self._auth.renew()

    def csbs(
        self, what: str, method: str, path: Path, *, query: Query = (), body: t.Any = None, creating: bool = False
    ) -> Answer:
        """A call of the server backup service, on C(/v1) (F §7).

        :raises ServiceMissingError: the catalog has no CSBS, the path is unknown, or the project is closed out.
        """
        return self._own("csbs", "v1", _Call(what, method, path, query, body, creating))

    def native(
        self, what: str, method: str, path: Path, *, query: Query = (), body: t.Any = None, creating: bool = False
    ) -> Answer:
        """A call of the OpenStack form of backups (F §4.4-4.6), on the version that this cloud serves."""
        return self._versioned("vbs", self._endpoints.native_place(), _Call(what, method, path, query, body, creating))

    def evs(self, what: str, method: str, path: Path, *, query: Query = ()) -> Answer:
        """A read of volumes or snapshots in the OpenStack form, which Huawei's clouds and plain OpenStack share."""
        return self._versioned("evs", self._endpoints.place("evs"), _Call(what, method, path, query))

    def _own(self, service: str, version: str, call: _Call) -> Answer:
        place = self._endpoints.place(service)
        try:
            return self._send(place, version, call)
        except ApiError as error:
            raise self._explain(error, place) from None

    def _versioned(self, service: str, place: Place, call: _Call) -> Answer:
        version = self._version(service, place)
        try:
            return self._send(place, version, call)
        except ApiError as error:
            if not error.unknown_path or version == "v3" or not self._may_change(service):
                raise self._explain(error, place) from None
            first = error
        try:
            answer = self._send(place, "v3", call)
        except ApiError as second:
            if second.unknown_path:
                raise self._explain(first, place) from None
            self._remember(service, place, "v3")
            raise self._explain(second, place) from None
        self._remember(service, place, "v3")
        return answer

    def _version(self, service: str, place: Place) -> str:
        if service == "vbs" and self._native_api != "auto":
            return self._native_api
        if service not in self._versions:
            kept = self._auth.recall(_finding(place))
            self._versions[service] = "v3" if "v3" in (kept, place.version) else "v2"
        return self._versions[service]

    def _may_change(self, service: str) -> bool:
        return service != "vbs" or self._native_api == "auto"

    def _remember(self, service: str, place: Place, version: str) -> None:
        self._versions[service] = version
        self._auth.remember(_finding(place), version)

    def _send(self, place: Place, version: str, call: _Call) -> Answer:
        url = self._url(place.base, version, call.path, call.query)
        try:
            return self._send_with(self._http.send, self._request(url, call))
        except ApiError as error:
            if not error.token_is_dead or not self._auth.renew():
                raise
        # A 401 proves that nothing was done, so even a creating call may go out again with the new token.
        return self._send_with(self._http.send, self._request(url, call))

    def _request(self, url: str, call: _Call) -> Request:
        return Request(call.what, call.method, url, call.body, self._auth.sign(), call.creating)

    def _send_with(self, send: Callable[[Request], Answer], request: Request) -> Answer:
        try:
            answer = send(request)
        except ApiError as error:
            if error.token_is_dead:
                error.advice = self._auth.advice_when_dead or error.advice
            if error.http_status == 401:
                self._auth.forget(request.auth)
            self._note_write(request, sent=error.may_be_done)
            raise
        except (AnswerError, LostAnswerError, TransportError) as error:
            self._note_write(request, sent=error.may_be_done or isinstance(error, LostAnswerError))
            raise
        self._note_write(request, sent=True)
        return answer

    def _note_write(self, request: Request, *, sent: bool) -> None:
        # Only ever set, so that threads need no lock.
        if sent and request.method != "GET":
            self.has_written = True

    def _url(self, base: str, version: str, path: Path, query: Query) -> str:
        segments = [version, self._auth.project_id(), *path]
        for segment in segments:
            if segment in ("", ".", ".."):
                raise AnswerError(f"an ID that cannot be part of an address: {segment!r}")
        url = base + "/" + "/".join(quote(segment, safe="") for segment in segments)
        pairs = [(name, _text(value)) for name, value in query if value is not None]
        return url + ("?" + urlencode(pairs, quote_via=quote, safe="") if pairs else "")

    def _explain(self, error: ApiError, place: Place) -> Exception:
        host = urlsplit(place.base).netloc
        if error.code == _CLOSED:
            return ServiceMissingError(f"the service at {host} is closed to this project: {error.message}", cause=error)
        if error.unknown_path:
            return ServiceMissingError(f"{host} does not serve this part of the service: {error.message}", cause=error)
        return error


def _finding(place: Place) -> str:
    """What is kept beside the token: one token may be for several regions, and each has versions of its own."""
    return f"version of {place.base}"


def _text(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
