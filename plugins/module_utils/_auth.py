# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The three ways to sign in, one small class each, all with the same four questions."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable, Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import find_project, read_catalog, sign_in
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import AccessKeyAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache

if t.TYPE_CHECKING:  # pragma: no cover
    from requests import PreparedRequest

Keep = t.Callable[[str], None]


class Auth(t.Protocol):
    """What the client asks of a credential."""

    def project_id(self) -> str:
        """The project, looked up at most once."""

    def sign(self) -> AuthCallable:
        """The requests auth for calls in the project."""

    def catalog(self) -> Catalog | None:
        """The token's catalog; None for access keys and where none is served."""

    def renew(self) -> bool:
        """Replace a dead token; False where there is nothing to renew."""


@dataclass(frozen=True)
class TokenAuth:
    """A requests auth that sends one token."""

    token: str

    def __repr__(self) -> str:
        return "TokenAuth()"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self.token
        return request


class AccessKey:
    """Access keys: every request is signed, and with a project ID no sign-in is ever sent."""

    def __init__(self, http: Http, auth_url: t.Callable[[], str], identity: Identity, name: str | None, clock: Clock):
        self._http = http
        self._auth_url = auth_url
        self._identity = identity
        self._name = name
        self._clock = clock
        self._project_id = identity.project_id

    def project_id(self) -> str:
        if self._project_id is None:
            if not self._name:
                raise OptionError("project_id", "is missing; give project_id, or project_name or region to look it up")
            self._project_id = find_project(self._http, self._auth_url(), self._signer(None), self._name)
        return self._project_id

    def sign(self) -> AuthCallable:
        return self._signer(self.project_id())

    def catalog(self) -> Catalog | None:
        return None

    def renew(self) -> bool:
        return False

    def _signer(self, project_id: str | None) -> AccessKeyAuth:
        identity = self._identity
        return AccessKeyAuth(
            access_key=identity.access_key or "",
            secret_key=identity.secret_key or "",
            security_token=identity.security_token,
            project_id=project_id,
            now=self._clock.now,
        )


class GivenToken:
    """A token that the user gave: used as it is, never renewed, never kept."""

    def __init__(self, http: Http, auth_url: t.Callable[[], str], identity: Identity) -> None:
        self._http = http
        self._auth_url = auth_url
        self._token = TokenAuth(identity.auth_token or "")
        self._project_id = identity.project_id
        self._name = identity.project_name
        self._catalog: Catalog | None = None
        self._catalog_is_read = False
        if not self._project_id and not self._name:
            raise OptionError("project_id", "is missing; an auth_token needs the project it is for")

    def project_id(self) -> str:
        if self._project_id is None:
            self._project_id = find_project(self._http, self._auth_url(), self._token, self._name or "")
        return self._project_id

    def sign(self) -> AuthCallable:
        return self._token

    def catalog(self) -> Catalog | None:
        if not self._catalog_is_read:
            self._catalog = read_catalog(self._http, self._auth_url(), self._token)
            self._catalog_is_read = True
        return self._catalog

    def renew(self) -> bool:
        return False


class Password:
    """User and password: one sign-in, kept in the token cache, renewed when the token dies.

    :param keep_secret: told of each token, so that it can be hidden from all output.
    """

    def __init__(
        self,
        http: Http,
        auth_url: str,
        identity: Identity,
        name: str | None,
        *,
        cache: TokenCache | None,
        keep_secret: Keep,
    ) -> None:
        if not identity.domain_name and not identity.domain_id:
            raise OptionError("domain_name", "is missing; username and password need the account they belong to")
        if not identity.project_id and not name:
            raise OptionError("project_name", "is missing; give project_name, project_id or region")
        self._http = http
        self._auth_url = auth_url
        self._identity = identity
        self._name = name
        self._cache = cache
        self._keep_secret = keep_secret
        self._entry: dict[str, t.Any] | None = None
        self._path: Path | None = None

    def project_id(self) -> str:
        return str(self._current()["project_id"])

    def sign(self) -> AuthCallable:
        return TokenAuth(self._current()["token"])

    def catalog(self) -> Catalog | None:
        return t.cast("Catalog | None", self._current().get("catalog"))

    def renew(self) -> bool:
        dead = self._entry
        self._entry = None
        if self._cache is not None and dead is not None:
            self._cache.drop(self._file(self._cache), dead["token"])
        self._current()
        return True

    def remember(self, key: str, value: str) -> None:
        """Keep a finding about the cloud beside the token."""
        entry = self._current()
        entry[key] = value
        if self._cache is not None:
            self._cache.save(self._file(self._cache), entry)

    def recall(self, key: str) -> str | None:
        """A finding kept beside the token, or None."""
        value = self._current().get(key)
        return value if isinstance(value, str) else None

    def _current(self) -> dict[str, t.Any]:
        if self._entry is None:
            self._entry = self._cached() if self._cache is not None else self._sign_in()
            self._keep_secret(self._entry["token"])
        return self._entry

    def _cached(self) -> dict[str, t.Any]:
        cache = t.cast("TokenCache", self._cache)
        path = self._file(cache)
        entry = cache.load(path)
        if _complete(entry):
            return t.cast("dict[str, t.Any]", entry)
        with cache.locked(path):
            entry = cache.load(path)
            if not _complete(entry):
                entry = self._sign_in()
                cache.save(path, entry)
        return t.cast("dict[str, t.Any]", entry)

    def _sign_in(self) -> dict[str, t.Any]:
        found = sign_in(self._http, self._auth_url, self._identity, self._name)
        return found._asdict()

    def _file(self, cache: TokenCache) -> Path:
        if self._path is None:
            who = self._identity
            parts = (
                self._auth_url,
                who.username,
                who.domain_name,
                who.domain_id,
                who.project_id,
                None if who.project_id else self._name,
                who.project_domain_name,
                who.project_domain_id,
            )
            self._path = cache.path(parts, who.password or "")
        return self._path


def _complete(entry: dict[str, t.Any] | None) -> bool:
    if entry is None or not entry["token"]:
        return False
    project_id, catalog = entry.get("project_id"), entry.get("catalog")
    rows = [] if catalog is None else catalog
    return (
        isinstance(project_id, str)
        and project_id != ""
        and isinstance(rows, list)
        and all(isinstance(row, dict) for row in rows)
    )
