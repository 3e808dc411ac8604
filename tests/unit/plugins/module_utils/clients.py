# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client that signs with access keys and needs no sign-in, against a strict script."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._auth_access_key import AccessKey
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._credentials import Identity
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Endpoints
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    HOSTS,
    PROJECT,
    Call,
    Script,
)

T = t.TypeVar("T")


def http_for(clock: FakeClock, retries: int = 0) -> Http:
    return Http(clock=clock.as_clock(), timeout=60, retries=retries, verify=True, user_agent="test")


def keys_client(clock: FakeClock, *, retries: int = 0, native_api: str = "auto") -> Client:
    """A client of the script's usual hosts and project."""
    http = http_for(clock, retries)
    identity = Identity(access_key="AK", secret_key="canary-sk", project_id=PROJECT)
    auth = AccessKey(http, lambda: HOSTS["iam"], identity, None, clock.as_clock())
    overrides = {"vbs": HOSTS["vbs"], "evs": HOSTS["evs"]}
    endpoints = Endpoints(overrides=overrides, catalog=auth.catalog, region=None, cloud_domain="example.com")
    return Client(http=http, auth=auth, endpoints=endpoints, native_api=native_api)


def during(
    calls: t.Iterable[Call],
    work: t.Callable[[Client], T],
    *,
    clock: FakeClock | None = None,
    retries: int = 0,
    native_api: str = "auto",
) -> T:
    """What the work gives while these requests, and no others, are answered in this order."""
    clock = clock or FakeClock()
    with Script(calls, clock=clock).playing():
        return work(keys_client(clock, retries=retries, native_api=native_api))
