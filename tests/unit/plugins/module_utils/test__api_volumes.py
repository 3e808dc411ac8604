# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes and snapshots by ID or name (F §8, contract §2)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import (
    get_volume,
    list_volumes,
    resolve_snapshot,
    resolve_volume,
    resolve_volumes,
    volume_filter,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError, OptionError
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs

ONE = "11111111-2222-3333-4444-555555555555"
TWO = "22222222-2222-3333-4444-555555555555"
THREE = "33333333-2222-3333-4444-555555555555"
MISSING = {"status": 404, "answer": {"itemNotFound": {"code": 404, "message": "Volume could not be found."}}}


def volume(volume_id: str = ONE, name: t.Any = "data") -> dict[str, t.Any]:
    return {"id": volume_id, "name": name, "size": 40, "status": "in-use"}


def one(volume_id: str, **answer: t.Any) -> Call:
    return evs("GET", f"/v2/volumes/{volume_id}", **(answer or {"answer": {"volume": volume(volume_id)}}))


def named(name: str, *rows: dict[str, t.Any]) -> Call:
    return evs("GET", f"/v2/volumes/detail?name={name}&limit=1000", answer={"volumes": list(rows)})


def everything(*rows: dict[str, t.Any]) -> Call:
    return evs("GET", "/v2/volumes/detail?limit=1000", answer={"volumes": list(rows)})


def test_one_volume_is_read_or_is_none() -> None:
    assert during([one(ONE)], lambda client: get_volume(client, ONE)) == volume(ONE)
    assert during([one(ONE, **MISSING)], lambda client: get_volume(client, ONE)) is None
    with pytest.raises(ApiError, match=f"read volume {ONE}"):
        during([one(ONE, status=403)], lambda client: get_volume(client, ONE))
    with pytest.raises(AnswerError):
        during([one(ONE, answer={"volumes": []})], lambda client: get_volume(client, ONE))


def test_names_are_compared_again_because_the_service_may_be_fuzzy() -> None:
    rows = [volume(ONE, "data"), volume(TWO, "data-2"), volume(THREE, None)]
    assert during([named("data", *rows)], lambda client: list(list_volumes(client, name="data"))) == rows[:1]
    assert during([everything(*rows)], lambda client: list(list_volumes(client))) == rows


def test_an_id_is_tried_as_an_id_first_and_then_as_a_name() -> None:
    assert during([one(ONE)], lambda client: resolve_volume(client, "volume", ONE))["id"] == ONE
    calls = [one(ONE, **MISSING), named(ONE, volume(TWO, ONE))]
    assert during(calls, lambda client: resolve_volume(client, "volume", ONE))["id"] == TWO


def test_a_name_is_not_asked_for_as_an_id() -> None:
    assert during([named("data", volume())], lambda client: resolve_volume(client, "volume", "data"))["id"] == ONE
    call = named("a%20b%2Fc%23", volume(ONE, "a b/c#"))
    assert during([call], lambda client: resolve_volume(client, "volume", "a b/c#"))["id"] == ONE


def test_unknown_and_ambiguous_names_are_refused_by_the_options_name() -> None:
    with pytest.raises(OptionError, match="no volume 'data'") as caught:
        during([named("data", volume(ONE, "Data"))], lambda client: resolve_volume(client, "target", "data"))
    assert caught.value.option == "target"
    with pytest.raises(OptionError, match=f"{ONE}, {TWO}"):
        during([named("data", volume(TWO), volume(ONE))], lambda client: resolve_volume(client, "volume", "data"))
    with pytest.raises(OptionError, match="no volume"):
        during([one(ONE, **MISSING), named(ONE)], lambda client: resolve_volume(client, "volume", ONE))


@pytest.mark.parametrize("text", ["", "a\nb", "x" * 256, "\x7f"])
def test_what_is_no_name_is_refused_before_anything_is_sent(text: str) -> None:
    for work in (
        lambda client: resolve_volume(client, "volume", text),
        lambda client: resolve_volumes(client, "volumes", ["a", "b", "c", text]),
        lambda client: volume_filter(client, "volume", text),
        lambda client: resolve_snapshot(client, "snapshot", text, ONE),
    ):
        with pytest.raises(OptionError):
            during([], work)


def test_a_few_volumes_are_looked_up_one_by_one_in_order_each_once() -> None:
    calls = [named("b", volume(TWO, "b")), one(ONE), one(TWO)]
    found = during(calls, lambda client: resolve_volumes(client, "volumes", ["b", ONE, TWO]))
    assert [row["id"] for row in found] == [TWO, ONE]


def test_many_volumes_are_found_with_one_listing_in_order_each_once() -> None:
    rows = [volume(ONE, "a"), volume(TWO, ONE), volume(THREE, "c")]
    texts = ["c", ONE, "a", THREE]
    found = during([everything(*rows)], lambda client: resolve_volumes(client, "volumes", texts))
    # The text that is an ID and also another volume's name means the ID.
    assert [row["id"] for row in found] == [THREE, ONE]


def test_many_volumes_may_be_unknown_or_ambiguous_too() -> None:
    rows = [volume(ONE, "a"), volume(TWO, "b"), volume(THREE, "b")]
    with pytest.raises(OptionError, match="no volume 'z'"):
        during([everything(*rows)], lambda client: resolve_volumes(client, "volumes", ["a", ONE, TWO, "z"]))
    with pytest.raises(OptionError, match=f"{TWO}, {THREE}"):
        during([everything(*rows)], lambda client: resolve_volumes(client, "volumes", ["a", ONE, TWO, "b"]))


def test_a_volume_without_a_name_is_not_found_by_the_word_none() -> None:
    rows = [volume(ONE, None), volume(TWO, "b")]
    with pytest.raises(OptionError, match="no volume 'None'"):
        during([everything(*rows)], lambda client: resolve_volumes(client, "volumes", ["b", TWO, ONE, "None"]))


def test_no_volumes_at_all_send_nothing() -> None:
    assert during([], lambda client: resolve_volumes(client, "volumes", [])) == []


def test_a_filter_takes_an_id_as_it_is_because_backups_outlive_volumes() -> None:
    assert during([], lambda client: volume_filter(client, "volume", ONE)) == ONE
    assert during([named("data", volume())], lambda client: volume_filter(client, "volume", "data")) == ONE


def snapshots(query: str, *rows: dict[str, t.Any]) -> Call:
    return evs("GET", f"/v2/snapshots/detail?volume_id={ONE}{query}&limit=1000", answer={"snapshots": list(rows)})


def snapshot(snapshot_id: str, name: str, volume_id: str = ONE) -> dict[str, t.Any]:
    return {"id": snapshot_id, "name": name, "volume_id": volume_id}


def test_a_snapshot_is_found_by_id_or_name_among_those_of_its_volume() -> None:
    rows = [snapshot(TWO, "s"), snapshot(THREE, "s", "other-volume"), snapshot("x", "s-2")]
    by_name = [snapshots("&name=s", *rows)]
    assert during(by_name, lambda client: resolve_snapshot(client, "snapshot", "s", ONE)) == TWO
    by_id = [snapshots("", *rows)]
    assert during(by_id, lambda client: resolve_snapshot(client, "snapshot", TWO, ONE)) == TWO


@pytest.mark.parametrize(
    ("text", "query", "rows", "message"),
    [
        ("s", "&name=s", [], "no snapshot of volume"),
        ("s", "&name=s", [snapshot(TWO, "s", "other")], "no snapshot of volume"),
        (TWO, "", [snapshot(TWO, "s", "other")], "no snapshot of volume"),
        ("s", "&name=s", [snapshot(TWO, "s"), snapshot(THREE, "s")], f"{TWO}, {THREE}"),
    ],
)
def test_a_snapshot_may_be_unknown_ambiguous_or_another_volumes(
    text: str, query: str, rows: list[dict[str, t.Any]], message: str
) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        during([snapshots(query, *rows)], lambda client: resolve_snapshot(client, "snapshot", text, ONE))
    assert caught.value.option == "snapshot"
