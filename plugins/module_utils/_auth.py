# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every way to sign in can be asked; each has a file of its own, and a task loads only the one it uses."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Catalog
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import AuthCallable

if t.TYPE_CHECKING:  # pragma: no cover
    from requests import PreparedRequest


class Auth(t.Protocol):
    """What the client asks of a credential."""

    # Whether access keys are used, which only Huawei's own clouds know.
    signs_requests: bool
    # What to do about a token that is dead and cannot be renewed; None where the error's own advice is best.
    advice_when_dead: str | None

    def project_id(self) -> str:
        """The project, looked up at most once."""

    def sign(self) -> AuthCallable:
        """The requests auth for calls in the project."""

    def catalog(self) -> Catalog | None:
        """The token's catalog; None for access keys and where none is served."""

    def renew(self) -> bool:
        """Replace a dead token; False where there is nothing to renew."""

    def forget(self, used: AuthCallable | None) -> None:
        """Keep no token for later tasks with which a request was refused: its rights may be of an earlier day."""

    def remember(self, key: str, value: str, /) -> None:
        """Keep a finding about the cloud for later tasks, where there is a place for it."""

    def recall(self, key: str, /) -> str | None:
        """A finding that was kept, or None."""


class TokenAuth:
    """A requests auth that sends one token, and never shows it."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self.token
        return request
