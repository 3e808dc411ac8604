# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator's control API, as far as runs need it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from simulator import seed
from simulator.client import Client

JsonObject = dict[str, Any]

QUIET_SECONDS = 30.0
PAUSE = 0.1
SPOILT = "error_restoring"


class Cloud(Client):
    """One simulator, as runs set it up and look into it."""

    def reset(self, settings: Mapping[str, Any], seeds: Mapping[str, Sequence[JsonObject]]) -> None:
        """Start anew with these settings and objects."""
        self.call("POST", "/reset", {"settings": dict(settings)})
        for kind, rows in seeds.items():
            self.call("POST", f"/{kind}", list(rows))

    def set_faults(self, rules: Sequence[JsonObject]) -> None:
        """Have exactly these faults."""
        self.call("DELETE", "/faults")
        for rule in rules:
            self.call("POST", "/faults", rule)

    def fired(self) -> list[int]:
        """How often each fault has struck, in the order in which they were given."""
        return [int(rule["fired"]) for rule in self.call("GET", "/faults")["faults"]]

    def change(self, **settings: Any) -> None:
        """Change some of its settings."""
        self.call("PATCH", "/settings", settings)

    def end_tokens(self, *, revoke: bool) -> int:
        """End all tokens that are there; how many they were."""
        return int(self.call("POST", "/tokens/expire", {"revoke": revoke})["ended"])

    def state(self) -> JsonObject:
        """Everything in the project that the plays work in, the shares, and the other project."""
        everything = self.call("GET", "/state")
        return {
            **everything["projects"][seed.PROJECT_ID],
            "shares": everything["shares"],
            "other": everything["projects"][seed.OTHER_PROJECT_ID],
        }

    def requests(self, since: int = 0) -> list[JsonObject]:
        """The requests received after that number, the oldest first."""
        found: list[JsonObject] = self.call("GET", f"/requests?since={since}")["requests"]
        return found

    def last_request(self) -> int:
        """The number of the newest request."""
        found = self.requests()
        return int(found[-1]["n"]) if found else 0

    def wait_until_quiet(self) -> bool:
        """Wait until nothing is going on any more; False if that takes too long."""
        end = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < end:
            if not is_busy(self.state()):
                return True
            time.sleep(PAUSE)
        return False

    def repair(self) -> None:
        """Set right what a failed restore leaves unusable, for good; on a real cloud that is a person's work too."""
        state = self.state()
        for volume in state["volumes"]:
            if volume["status"] == SPOILT:
                status = "in-use" if volume["attachments"] else "available"
                self.call("PATCH", f"/volumes/{volume['id']}", {"status": status})
        for backup in state["backups"]:
            if backup["status"] == SPOILT:
                self.call("PATCH", f"/backups/{backup['id']}", {"status": "available"})


def is_busy(state: JsonObject) -> bool:
    """Whether backups, restores, deletions or runs are going on."""
    return bool(
        state["busy"]
        or any(job["status"] in ("INIT", "RUNNING") for job in state["jobs"])
        or any(policy["running"] for policy in state["policies"])
        or any(row["status"] in ("creating", "deleting", "restoring") for row in state["backups"])
        or any(row["status"] in ("protecting", "deleting") for row in (*state["checkpoints"], *state["items"]))
    )
