# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in with access keys (F §2.2, §2.3)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable, Http
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import AccessKeyAuth


class AccessKey:
    """Every request is signed, and with a project ID no sign-in is ever sent."""

    signs_requests = True
    advice_when_dead: str | None = None

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
            # Only here: with a project ID, which is the usual case, the identity service is not needed at all.
            from ansible_collections.huaweicloud.backup.plugins.module_utils._identity import find_project  # noqa: PLC0415

            self._project_id = find_project(self._http, self._auth_url(), self._signer(None), self._name)
        return self._project_id

    def sign(self) -> AuthCallable:
        return self._signer(self.project_id())

    def catalog(self) -> Catalog | None:
        return None

    def renew(self) -> bool:
        return False

    def forget(self, _used: AuthCallable | None) -> None:
        """Nothing is kept."""

    def remember(self, _key: str, _value: str) -> None:
        """There is no place to keep anything."""

    def recall(self, _key: str) -> str | None:
        return None

    def _signer(self, project_id: str | None) -> AccessKeyAuth:
        identity = self._identity
        return AccessKeyAuth(
            access_key=identity.access_key or "",
            secret_key=identity.secret_key or "",
            security_token=identity.security_token,
            project_id=project_id,
            now=self._clock.now,
        )
