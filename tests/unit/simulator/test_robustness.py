# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from simtest import Api

from simulator import huawei, openstack, seed
from simulator.wire import Route

MISSING = "99999999-2222-3333-4444-555555555555"
ODD: list[Any] = [None, True, -1, 1.5, "", "x", "\ud800", [], [None], [[]], {}, {"": None}, {"key": {}, "values": [{}]}]
FIELDS = (
    "backup",
    "restore",
    "shared",
    "tag",
    "tags",
    "checkpoint",
    "check_protectable",
    "resources",
    "scheduled_policy",
    "backup_policy_name",
    "backup_policy_id",
    "time_zone",
    "action",
    "matches",
    "limit",
    "volume_id",
    "snapshot_id",
    "name",
    "to_project_ids",
    "auth",
    "identity",
    "scope",
)
QUERIES = (
    "limit=%00&offset=1",
    f"limit={'9' * 5000}",
    "sort_key=&sort_dir=&marker=",
    "metadata={'a':[]}&ids=[[],{}]",
    "ids=" + "[" * 500,
    "start_time=&end_time=9999-99-99",
    "name=%ff%fe&status=%f0%9f%92%be",
    "sort=,:,:&checkpoint_items=",
    "page=1&per_page=" + "1" * 5000,
    "with_count&name~&is_backup_id&nocatalog",
)


def bodies() -> list[Any]:
    """Bodies in which every field has the same odd value, at the top or inside each object."""
    flat = [dict.fromkeys(FIELDS, value) for value in ODD]
    nested = [dict.fromkeys(FIELDS, fields) for fields in flat]
    named = [{**fields, "backup_policy_name": "a", "action": "create"} for fields in flat]
    return [*ODD, *nested, *named]


def paths(api: Api, route: Route) -> list[str]:
    ids = (MISSING, api.policy()) if route.path.startswith("/v2/{pid}/backuppolicy") else ("%00%ff",)
    fixed = route.path.replace("{provider}", seed.PROVIDER).replace("{key:path}", "a%2F%00").replace("{key}", "k")
    return [fixed.replace("{id}", row_id) for row_id in ids]


@pytest.mark.parametrize("flavor", ["huawei", "openstack"])
def test_whatever_is_sent_the_simulator_itself_never_fails(api: Api, flavor: str) -> None:
    api.handle.control("PATCH", "/settings", {"policies_per_project": 0})
    routes = {"huawei": huawei.ROUTES, "openstack": openstack.ROUTES}[flavor]
    calls = [(route, path) for route in routes for path in paths(api, route)]
    api.handle.control("PATCH", "/settings", {"flavor": flavor})
    for route, path in calls:
        if route.method in ("GET", "DELETE"):
            answers = [api(route.method, f"{path}?{query}") for query in QUERIES]
        else:
            answers = [api(route.method, path, body) for body in bodies()]
            answers.append(api(route.method, path, data=b"[" * 100000))
        failed = [answer.request.body for answer in answers if answer.status_code == 500]
        assert failed == [], (route.method, path)
    assert api.handle.control("GET", "/requests")["requests"]
