# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests ask of a simulator beside its services: the control API, and a token as a person would get one."""

from __future__ import annotations

from typing import Any

import requests

from . import seed

MOST_SECONDS = 120.0


class Client:
    """One simulator, seen from the side of those who rehearse; a client is for one thread."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        # Loopback needs no proxy, whatever the environment says.
        self._session.trust_env = False

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control API, such as `call("POST", "/faults", {...})`; its answer, if there is one.

        Raises ValueError on a refusal, with what the simulator said.
        """
        answer = self._session.request(method, f"{self.url}/_sim{path}", json=body, timeout=MOST_SECONDS)
        if not answer.ok:
            raise ValueError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def token(self) -> str:
        """A token of the user for the project (F §2.1)."""
        user = {"name": seed.USER_NAME, "password": seed.PASSWORD, "domain": {"name": seed.DOMAIN_NAME}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"id": seed.PROJECT_ID}}}}
        answer = self._session.post(f"{self.url}/v3/auth/tokens", json=body, timeout=MOST_SECONDS)
        answer.raise_for_status()
        return str(answer.headers["X-Subject-Token"])
