# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever text passes as an ID, a name or a marker: the request's address decodes back to exactly that text."""

from __future__ import annotations

import contextlib
import re
import typing as t
from collections.abc import Callable, Iterator
from unittest import mock
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.util.url import _encode_target

from ansible_collections.huaweicloud.backup.plugins.module_utils import _validate
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import (
    backups,
    csbs,
    jobs,
    policies,
    shares,
    volumes,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._api import policy_tags as tags
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._connect import connect
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock

PROJECT = "0123456789abcdef0123456789abcdef"
ID = "66666666-2222-3333-4444-555555555555"
KEYS: dict[str, t.Any] = {
    "access_key": "EXAMPLEACCESSKEY",
    "secret_key": "canary-secret",
    "project_id": PROJECT,
    "region": "region-1",
    "validate_certs": True,
    "api_timeout": 60,
    "api_retries": 0,
    "native_api": "v2",
    "token_cache": False,
}
NASTY = (
    *("../jobs", "..%2fjobs", "%2e%2e", "a/b", "a//b", "/", "a?x=1", "a#b", "a;b", "a\\b", "a&limit=1", "a=b", "a+b"),
    *("a b", "%", "%25", "%zz", "100%", "~", "'", "a,b", "@evil", ":443", "[x]", "...", "..", "."),
    *("\uff0f", "\u00e9t\u00e9", "\U0001f4be", "\u0430"),
)


class Address(t.NamedTuple):
    """A request's address as the last library before the socket has it, taken apart."""

    host: str
    segments: list[str]
    query: list[tuple[str, str]]


class Stopped(Exception):  # noqa: N818 # the one request that a case makes; nothing answers it
    """The request was caught."""


def connected(**more: t.Any) -> Client:
    """A client as a module has it."""
    return connect(
        {**KEYS, **more},
        frozenset(),
        {},
        clock=FakeClock().as_clock(),
        user_agent="test",
        warn=lambda _text: None,
        keep_secret=lambda _secret: None,
    )


def sent(call: Callable[[Client], t.Any], **more: t.Any) -> Address:
    """The address of the first request of a call; nothing goes out."""
    caught: list[PreparedRequest] = []

    def catch(_adapter: HTTPAdapter, request: PreparedRequest, **_how: t.Any) -> t.NoReturn:
        caught.append(request)
        raise Stopped

    with mock.patch.object(HTTPAdapter, "send", catch), contextlib.suppress(Stopped):
        call(connected(**more))
    (request,) = caught
    # What urllib3 makes of the path and the query is what goes over the wire.
    target = _encode_target(request.path_url)
    path, _mark, query = target.partition("?")
    assert re.fullmatch(r"[!-~]+", target), target
    assert "#" not in target
    segments = [unquote(segment, errors="strict") for segment in path.split("/")[1:]]
    return Address(
        urlsplit(str(request.url)).netloc, segments, parse_qsl(query, keep_blank_values=True, errors="strict")
    )


def passes(check: Callable[[str, str], object]) -> Callable[[str], bool]:
    """Whether a text passes a check of the options."""

    def is_fine(text: str) -> bool:
        try:
            check("option", text)
        except OptionError:
            return False
        return True

    return is_fine


def texts(check: Callable[[str, str], object], most: int) -> st.SearchStrategy[str]:
    """Texts that pass a check: nasty ones, and any others."""
    wild = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=most)
    mixed = st.lists(st.sampled_from((*NASTY, "a", "-")), min_size=1, max_size=4).map("".join)
    return st.one_of(st.sampled_from(NASTY), mixed, wild).filter(passes(check))


IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
REFERENCES = texts(_validate.check_reference, 40)
TAG_KEYS = texts(lambda option, key: _validate.check_unwanted_tags(option, {key: None}), 40)

# Calls that take a text as a segment of the path, the version, and the segments that must come after the project.
PATHS: dict[str, tuple[Callable[[Client, str], t.Any], str, Callable[[str], list[str]]]] = {
    "backup": (backups.get_backup, "v2", lambda x: ["backups", x]),
    "delete backup": (backups.delete_backup, "v2", lambda x: ["backups", x]),
    "restore": (lambda c, x: backups.restore_backup(c, x, ID), "v2", lambda x: ["cloudbackups", x, "restore"]),
    "native restore": (lambda c, x: backups.restore_native_backup(c, x, ID), "v2", lambda x: ["backups", x, "restore"]),
    "job": (jobs.get_job, "v1", lambda x: ["jobs", x]),
    "share": (shares.get_share, "v2", lambda x: ["os-vendor-backup-sharing", x]),
    "delete share": (shares.delete_share, "v2", lambda x: ["os-vendor-backup-sharing", x]),
    "delete shares": (shares.delete_shares_of, "v2", lambda x: ["os-vendor-backup-sharing", x]),
    "change policy": (lambda c, x: policies.change_policy(c, x, {}), "v2", lambda x: ["backuppolicy", x]),
    "delete policy": (policies.delete_policy, "v2", lambda x: ["backuppolicy", x]),
    "run policy": (policies.run_policy, "v2", lambda x: ["backuppolicy", x, "action"]),
    "tasks": (lambda c, x: list(policies.list_tasks(c, x)), "v2", lambda x: ["backuppolicy", x, "backuptasks"]),
    "unbind": (
        lambda c, x: policies.unbind_volumes(c, x, [ID]),
        "v2",
        lambda x: ["backuppolicyresources", x, "deleted_resources"],
    ),
    "tags": (tags.get_policy_tags, "v2", lambda x: ["backuppolicy", x, "tags"]),
    "volume": (volumes.get_volume, "v2", lambda x: ["volumes", x]),
    "server policy": (csbs.get_policy, "v1", lambda x: ["policies", x]),
    "item": (csbs.get_item, "v1", lambda x: ["checkpoint_items", x]),
    "checkpoint": (csbs.delete_checkpoint, "v1", lambda x: [*csbs._PROVIDER, "checkpoints", x]),
}

# Calls that take a text as a value of the query: its name there.
QUERIES: dict[str, tuple[Callable[[Client, str], t.Any], str]] = {
    "backups by name": (lambda c, x: list(backups.list_backups(c, name=x)), "name"),
    "backups of a volume": (lambda c, x: list(backups.list_backups(c, volume_id=x)), "volume_id"),
    "volumes by name": (lambda c, x: list(volumes.list_volumes(c, name=x)), "name"),
    "snapshots": (lambda c, x: volumes.resolve_snapshot(c, "snapshot", x, ID), "name"),
    "shares by zone": (lambda c, x: list(shares.list_shares(c, {"availability_zone": x})), "availability_zone"),
    "count of shares": (lambda c, x: shares.count_shares(c, {"name": x}), "name"),
    "tasks of a job": (lambda c, x: list(policies.list_tasks(c, ID, job_id=x)), "job_id"),
    "server policies by name": (lambda c, x: csbs.list_policies(c, name=x), "name"),
    "items": (lambda c, x: csbs.list_items(c, checkpoint_id=x), "checkpoint_id"),
    "items of a policy": (lambda c, x: csbs.list_items(c, policy_id=x), "policy_id"),
    "part of a checkpoint": (lambda c, x: csbs.delete_checkpoint(c, ID, item_id=x), "checkpoint_items"),
}

some = settings(max_examples=40, deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize("name", PATHS)
@some
@given(text=st.one_of(IDS, REFERENCES))
@example(text="..%2f..%2fjobs")
def test_an_id_stays_one_segment_of_the_path(name: str, text: str) -> None:
    call, version, expected = PATHS[name]
    if text in (".", ".."):
        with pytest.raises(BackupError, match="cannot be part of an address"):
            call(connected(), text)
        return
    address = sent(lambda client: call(client, text))
    assert address.host in (
        "vbs.region-1.myhuaweicloud.com",
        "csbs.region-1.myhuaweicloud.com",
        "evs.region-1.myhuaweicloud.com",
    )
    assert address.segments == [version, PROJECT, *expected(text)]
    assert all(value != text or key == "is_backup_id" for key, value in address.query)


@pytest.mark.parametrize("name", QUERIES)
@some
@given(text=REFERENCES)
@example(text="a&limit=1#b")
def test_a_name_stays_one_value_of_the_query(name: str, text: str) -> None:
    call, key = QUERIES[name]
    if name == "snapshots" and _validate.is_uuid(text):
        return
    address = sent(lambda client: call(client, text))
    assert [value for found, value in address.query if found == key] == [text]
    assert {found for found, _value in address.query} <= {key, "limit", "volume_id", "sort_key", "sort_dir"}
    assert address.segments[1] == PROJECT


@some
@given(keys=st.lists(TAG_KEYS, min_size=1, max_size=2, unique=True))
@example(keys=["a/b"])
@example(keys=[".."])
def test_a_tag_is_deleted_by_exactly_its_key(keys: list[str]) -> None:
    address = sent(lambda client: tags.delete_policy_tags(client, ID, keys))
    alone = len(keys) == 1 and keys[0].strip(".")
    assert address.segments == ["v2", PROJECT, "backuppolicy", ID, "tags", keys[0] if alone else "action"]
    assert address.query == []


@some
@given(project=st.one_of(IDS, REFERENCES))
def test_a_project_is_one_segment_or_refused(project: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", project):
        with pytest.raises(OptionError, match=r"^project_id: "):
            connected(project_id=project)
        return
    address = sent(lambda client: jobs.get_job(client, ID), project_id=project)
    assert address.segments == ["v1", project, "jobs", ID]


@some
@given(region=st.one_of(st.from_regex(r"[a-z]{2}-[a-z]+-[0-9]", fullmatch=True), REFERENCES))
@example(region="evil.example.com/")
@example(region="x@evil.example.com#")
def test_a_region_is_one_label_of_the_host_or_refused(region: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", region):
        with pytest.raises(OptionError, match=r"^region: "):
            jobs.get_job(connected(region=region), ID)
        return
    address = sent(lambda client: jobs.get_job(client, ID), region=region)
    assert address.host == f"vbs.{region.lower()}.myhuaweicloud.com"
    assert address.segments == ["v1", PROJECT, "jobs", ID]


@some
@given(name=REFERENCES)
def test_a_project_is_looked_up_by_exactly_its_name(name: str) -> None:
    address = sent(lambda client: jobs.get_job(client, ID), project_id=None, project_name=name)
    assert address == Address("iam.region-1.myhuaweicloud.com", ["v3", "projects"], [("name", name)])


def markers() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Next links as a server may give them, and what must be asked for then."""
    yield "https://inner/x?marker=a%2Fb%26c%3Dd&limit=5", [("marker", "a/b&c=d"), ("limit", "5")]
    yield "https://inner/x?marker=..%252f&name=%23", [("name", "#"), ("marker", "..%2f")]
    yield "?marker=%C3%A9t%C3%A9+x", [("marker", "\u00e9t\u00e9 x")]


@pytest.mark.parametrize(("link", "expected"), list(markers()))
def test_a_marker_of_the_service_goes_back_as_it_came(link: str, expected: list[tuple[str, str]]) -> None:
    asked: list[t.Any] = []

    def answer(*given: t.Any, **more: t.Any) -> t.Any:
        asked.append(more["query"])
        if len(asked) == 1:
            body = {"volumes": [{"id": ID}], "volumes_links": [{"rel": "next", "href": link}]}
            return mock.Mock(body=body, status=200, size=0)
        raise Stopped

    client = connected()
    with mock.patch.object(client, "evs", answer), contextlib.suppress(Stopped):
        list(volumes.list_volumes(client))
    address = sent(lambda real: real.evs("list", "GET", ("volumes", "detail"), query=asked[1]))
    assert [pair for pair in address.query if pair in expected] == sorted(expected, key=address.query.index)
