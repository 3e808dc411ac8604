# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of identity services: Huawei's as documented (F §14.1), Keystone's as recorded (openstack.md)."""

from __future__ import annotations

import typing as t

PROJECT = "0123456789abcdef0123456789abcdef"
KEYSTONE_PROJECT = "a4420a2b7eda4697a13f3e15a137bea9"
KEYSTONE_DOMAIN = {"id": "2034f41fd03a432589501c7e58c6ed82", "name": "rig-domain"}

Entry = dict[str, t.Any]


def endpoint(url: str, *, region: str | None = "eu-de", interface: str | None = "public") -> Entry:
    return {"id": "e1", "interface": interface, "region": region, "region_id": region, "url": url}


def service(kind: str, *endpoints: Entry) -> Entry:
    return {"type": kind, "id": "c1", "name": kind, "endpoints": list(endpoints)}


HUAWEI = [service("vbsv2", endpoint(f"https://vbs.region-1.example.com/v2/{PROJECT}", region="region-1"))]

IDENTITY = service(
    "identity",
    endpoint("http://127.0.0.1:15000/v3"),
    endpoint("http://127.0.0.1:15000/v3", interface="admin"),
    endpoint("http://127.0.0.1:15000/v3", interface="internal"),
)
VOLUME_V3 = service("volumev3", endpoint(f"http://127.0.0.1:18776/v3/{KEYSTONE_PROJECT}"))
VOLUME_V2 = service("volumev2", endpoint(f"http://127.0.0.1:18776/v2/{KEYSTONE_PROJECT}"))
# Recorded on a plain OpenStack: no entry for VBS.
KEYSTONE = [IDENTITY, VOLUME_V3, VOLUME_V2]
KEYSTONE_V3_ONLY = [IDENTITY, VOLUME_V3]


def token_answer(catalog: list[Entry] | None, **changes: t.Any) -> Entry:
    """The body of a sign-in (F §14.1); a change to None takes the key away."""
    token: Entry = {
        "methods": ["password"],
        "expires_at": "2026-11-22T12:00:00.000000Z",
        "issued_at": "2026-11-21T12:00:00.000000Z",
        "user": {"id": "u1", "name": "deployer", "domain": {"id": "d1", "name": "acct1"}},
        "project": {"id": PROJECT, "name": "region-1", "domain": {"id": "d1", "name": "acct1"}},
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": catalog,
        **changes,
    }
    return {"token": {key: value for key, value in token.items() if value is not None}}


def projects(*rows: tuple[str, str]) -> Entry:
    """The body of a project look-up from pairs of ID and name."""
    listed = [{"id": identity, "name": name, "domain_id": "d1", "enabled": True} for identity, name in rows]
    return {
        "projects": listed,
        "links": {"self": "https://iam.example.com/v3/projects", "next": None, "previous": None},
    }
