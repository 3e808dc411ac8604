# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from .wire import Call, Reply, Route

DOCS = {"href": "https://docs.openstack.org/", "rel": "describedby", "type": "text/html"}


def _block_storage(call: Call, number: int) -> dict[str, Any]:
    """One version of Cinder, as recorded."""
    old = number == 2
    return {
        "id": f"v{number}.0",
        "links": [DOCS, {"href": f"{call.sim.base_url}/v{number}/", "rel": "self"}],
        "media-types": [
            {"base": "application/json", "type": f"application/vnd.openstack.volume+json;version={number}"}
        ],
        "min_version": "" if old else "3.0",
        "status": "DEPRECATED" if old else "CURRENT",
        "updated": "2017-02-25T12:00:00Z" if old else "2021-02-03T00:00:00Z",
        "version": "" if old else "3.64",
    }


def root(call: Call) -> Reply:
    """GET /: Cinder's versions, HTTP 300 (Keystone has a root too, but here there is one address for both)."""
    headers = {"OpenStack-API-Version": "volume 3.0", "Vary": "OpenStack-API-Version"}
    return Reply(300, {"versions": [_block_storage(call, number) for number in (2, 3)]}, headers)


def block_storage_v2(call: Call) -> Reply:
    """GET /v2/."""
    return Reply(200, {"versions": [_block_storage(call, 2)]})


def identity(call: Call) -> Reply:
    """GET /v3: Keystone's version, without which its own client library will not sign in."""
    version = {
        "id": "v3.14",
        "links": [{"href": f"{call.sim.base_url}/v3/", "rel": "self"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
    }
    return Reply(200, {"version": version}, {"Vary": "X-Auth-Token"})


ROUTES = [
    Route("GET", "/", root, "evs", open=True),
    Route("GET", "/v2/", block_storage_v2, "evs", open=True),
    Route("GET", "/v3", identity, "iam", open=True),
    Route("GET", "/v3/", identity, "iam", open=True),
]
