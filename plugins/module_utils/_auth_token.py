# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in with a token that the user gave (F §2.1)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._auth import TokenAuth
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable, Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import find_project, read_catalog


class GivenToken:
    """A token that the user gave: used as it is, never renewed, never kept."""

    signs_requests = False
    advice_when_dead: str | None = (
        "the auth_token that was given has ended or is for another project or cloud, and is never renewed: give a new"
        " one, or sign in with username and password or access keys"
    )

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

    def forget(self, _used: AuthCallable | None) -> None:
        """Nothing is kept."""

    def remember(self, _key: str, _value: str) -> None:
        """There is no place to keep anything."""

    def recall(self, _key: str) -> str | None:
        return None
