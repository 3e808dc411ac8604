# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from simulator import seed, server

JOB_SECONDS = 10.0


class Time:
    """The time that the simulator under test lives in: it passes only when a test says so."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._begun = 0.0

    def begin(self) -> None:
        """Begin a test: wall time is the real one again."""
        self._begun = self.passed

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.passed - self._begun

    def ticks(self) -> float:
        """Seconds since the start."""
        return self.passed

    def let_pass(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.passed += seconds


TIME = Time()
SESSION = requests.Session()
SESSION.trust_env = False


@dataclass
class Api:
    """A client of one project that signs in with a token, and nothing more."""

    handle: server.Handle
    project_id: str
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """One call; `{pid}` in the path is this client's project."""
        headers = {"X-Auth-Token": self.token, "Content-Type": "application/json", **more.pop("headers", {})}
        url = self.handle.url + path.replace("{pid}", self.project_id)
        return SESSION.request(method, url, json=body, headers=headers, timeout=60, **more)

    def get(self, path: str, **query: Any) -> Any:
        """The answer of a GET that must succeed."""
        answer = self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def volume(self, name: str = "data-01") -> dict[str, Any]:
        """A volume by name."""
        return dict(self.get("/v2/{pid}/cloudvolumes/detail", name=name)["volumes"][0])

    def job(self, job_id: str) -> dict[str, Any]:
        """A job once it has ended."""
        return eventually(
            lambda: self.get(f"/v1/{{pid}}/jobs/{job_id}"), lambda job: job["status"] in ("SUCCESS", "FAIL")
        )

    def back_up(self, volume_id: str, name: str = "one", **more: Any) -> dict[str, Any]:
        """A finished backup job."""
        answer = self("POST", "/v2/{pid}/cloudbackups", {"backup": {"volume_id": volume_id, "name": name, **more}})
        assert answer.status_code == 200, answer.text
        return self.job(answer.json()["job_id"])

    def policy(self, name: str = "weekly", **more: Any) -> str:
        """A new policy's id."""
        schedule = {"start_time": "22:00", "frequency": 1, "rentention_num": 7, "status": "ON"}
        body = {"backup_policy_name": name, "scheduled_policy": schedule, **more}
        answer = self("POST", "/v2/{pid}/backuppolicy", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["backup_policy_id"])

    def bind(self, policy_id: str, *volume_ids: str) -> requests.Response:
        """Bind volumes."""
        resources = [{"resource_id": volume_id, "resource_type": "volume"} for volume_id in volume_ids]
        body = {"backup_policy_id": policy_id, "resources": resources}
        return self("POST", "/v2/{pid}/backuppolicyresources", body)


def eventually(read: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    """Read, a second apart, until what is read is good; fails after a minute."""
    end = TIME.passed + 60.0
    while True:
        value = read()
        if good(value):
            return value
        assert TIME.passed < end, f"still {value}"
        TIME.let_pass(1.0)


def token(handle: server.Handle, project_id: str) -> str:
    """A token for the operator in a project."""
    return handle.sim.gatekeeper.issue(seed.USERS[seed.USER_NAME], project_id, domain_scoped=False, seconds=3600.0).id


def code(answer: requests.Response) -> str:
    """HTTP status and error code in one text, in whichever shape the error came."""
    body = answer.json()
    if "error_code" in body:
        return f"{answer.status_code} {body['error_code']}"
    inner = next(iter(body.values()))
    return f"{answer.status_code} {inner['code']}"
