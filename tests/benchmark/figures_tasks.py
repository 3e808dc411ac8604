# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task costs, and what it asks for: plays against the simplest ones, and counts of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .bench import SIGN_IN, Bench
from .figure import Figure
from .processes import PASSWORD, JsonObject

ITEMS = 20
SHORT_ITEMS = 2
LOOPS = 5
"""How often each loop is run at least; a repetition more costs little, and a loop is short."""

PING, BARE, INFO = "ping", "bare", "info"
ACTIONS: dict[str, JsonObject] = {
    PING: {"ansible.builtin.ping": {}},
    BARE: {"bare_requests": {}},
    INFO: {"huaweicloud.backup.vbs_backup_info": {}},
}

POLICY: JsonObject = {
    "enabled": True,
    "start_times": ["01:00", "13:00"],
    "time_zone": "UTC+01:00",
    "frequency": 1,
    "retention_count": 7,
    "keep_first_of_month": False,
}
ON_THE_WIRE: JsonObject = {
    "status": "ON",
    "start_time": "00:00,12:00",
    "frequency": 1,
    "rentention_num": 7,
    "remain_first_backup_of_curMonth": "N",
}
"""The same, as the service keeps it."""

TAGS = {"env": "test"}


def _loop(name: str, items: int) -> JsonObject:
    return {"name": name, **ACTIONS[name], "loop": list(range(items))}


def loop_times(bench: Bench) -> dict[str, list[float]]:
    """Seconds per task of each kind, from one play in which they take turns, so that what disturbs one disturbs all."""

    def measure() -> dict[str, list[float]]:
        bench.reset()
        items = bench.size(ITEMS, SHORT_ITEMS)
        turns = 1 if bench.short else max(LOOPS, bench.repeats)
        # The first one of each makes what Ansible keeps for the others; a short run says nothing about times.
        first = [] if bench.short else [_loop(name, 1) for name in ACTIONS]
        tasks = first + [_loop(name, items) for name in ACTIONS] * turns
        times = bench.play(tasks)[len(first) :]
        return {name: [seconds / items for task, seconds in times if task == name] for name in ACTIONS}

    return bench.once("loops", measure)


def info_over_ping(bench: Bench) -> list[float]:
    """A task that lists backups, in pings."""
    times = loop_times(bench)
    return [info / ping for info, ping in zip(times[INFO], times[PING])]


def info_over_bare(bench: Bench) -> list[float]:
    """The same, in tasks that import what any module of the collection must import."""
    times = loop_times(bench)
    return [info / bare for info, bare in zip(times[INFO], times[BARE])]


@dataclass(frozen=True)
class SignedIn:
    """Requests of a loop of tasks that sign in with user and password."""

    requests: int
    sign_ins: int


def _signed_in(bench: Bench) -> SignedIn:
    def measure() -> SignedIn:
        bench.reset()
        bench.play([_loop(INFO, bench.size(ITEMS, SHORT_ITEMS))], PASSWORD)
        paths = [row["path"] for row in bench.requests_since(0)]
        return SignedIn(len(paths), sum(path.endswith(SIGN_IN) for path in paths))

    return bench.once("signed in", measure)


def requests_with_password(bench: Bench) -> list[float]:
    """All requests of the loop."""
    return [_signed_in(bench).requests]


def sign_ins(bench: Bench) -> list[float]:
    """Those of them that sign in."""
    return [_signed_in(bench).sign_ins]


def _unchanged(bench: Bench, module: str, options: Mapping[str, Any]) -> list[float]:
    """Requests of a task that finds everything as it is to be; with access keys, so that none is for signing in."""
    counts = []
    for _turn in range(bench.repeats):
        before = bench.cloud.last_request()
        ended = bench.alone(module, options)
        assert not ended.result["changed"], f"{module} changed something"
        counts.append(float(len(bench.requests_since(before))))
    return counts


def _some_policy(bench: Bench) -> str:
    bench.reset()
    policy = {"name": "nightly", "scheduled_policy": ON_THE_WIRE, "time_zone": POLICY["time_zone"], "tags": TAGS}
    return str(bench.cloud.call("POST", "/policies", policy)["id"])


def unchanged_policy(bench: Bench) -> list[float]:
    """A policy with every option but the tags."""
    return _unchanged(bench, "vbs_policy", {"id": _some_policy(bench), "name": "nightly", **POLICY})


def unchanged_policy_with_tags(bench: Bench) -> list[float]:
    """A policy with every option."""
    return _unchanged(bench, "vbs_policy", {"id": _some_policy(bench), "name": "nightly", "tags": TAGS, **POLICY})


def unchanged_policy_tags(bench: Bench) -> list[float]:
    """The tags of a policy."""
    return _unchanged(bench, "vbs_policy_tags", {"policy": _some_policy(bench), "tags": TAGS})


def unchanged_backup(bench: Bench) -> list[float]:
    """A backup."""
    bench.reset()
    made = bench.cloud.call("POST", "/backups", {"name": "nightly"})
    return _unchanged(bench, "vbs_backup", {"id": made["id"], "name": "nightly", "volume": made["volume_id"]})


def _count(name: str, what: str, limit: float, measure: Any, compared_to: str, **more: Any) -> Figure:
    return Figure(name, what, compared_to, "requests", limit, measure, is_count=True, **more)


SIZES = {"items": (ITEMS, SHORT_ITEMS)}
LOOP = "vbs_backup_info in a loop of {items}"
IDS_GIVEN = "access keys, IDs given"
FIGURES: Sequence[Figure] = (
    Figure("ping", LOOP, "ansible.builtin.ping", "times", 1.6, info_over_ping, sizes=SIZES),
    Figure("bare", LOOP, "a module that only imports", "times", 1.2, info_over_bare, sizes=SIZES),
    _count(
        "password",
        "{items} vbs_backup_info, user and password",
        ITEMS + 1,
        requests_with_password,
        "one each, one sign-in",
        short_limit=SHORT_ITEMS + 1,
        sizes=SIZES,
    ),
    _count("sign-ins", "sign-ins of {items} vbs_backup_info", 1, sign_ins, "one token for all", sizes=SIZES),
    _count("policy", "unchanged vbs_policy", 1, unchanged_policy, IDS_GIVEN),
    _count("policy-tags-given", "unchanged vbs_policy with tags", 2, unchanged_policy_with_tags, IDS_GIVEN),
    _count("policy-tags", "unchanged vbs_policy_tags", 1, unchanged_policy_tags, IDS_GIVEN),
    _count("backup", "unchanged vbs_backup", 1, unchanged_backup, IDS_GIVEN),
)
