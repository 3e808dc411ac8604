# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in with user and password: the token, its cache and its renewal (F §2.1)."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import TokenAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable, Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import sign_in
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache

Keep = t.Callable[[str], None]


class Password:
    """User and password: one sign-in, kept in the token cache, renewed when the token dies.

    :param keep_secret: told of each token, so that it can be hidden from all output.
    """

    signs_requests = False
    advice_when_dead: str | None = None

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
        if self._entry is not None:
            self.forget(TokenAuth(self._entry["token"]))
        self._entry = None
        self._current()
        return True

    def forget(self, used: AuthCallable | None) -> None:
        """Drop the token from the cache, unless another one took its place there (contract §1, token_cache)."""
        if self._cache is not None and isinstance(used, TokenAuth):
            self._cache.drop(self._file(self._cache), used.token)

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
