# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vbs_backup_prune must never delete, in random clouds whose service deletes whatever it is told to."""

from __future__ import annotations

import random
import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from unittest import mock

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from simulator import native

Json = dict[str, t.Any]

CLOUDS = 400
DAY = 86400
OLDER = {"12h": 0.5 * DAY, "60h": 2.5 * DAY, "6d": 6 * DAY}
STATUSES = (*("available",) * 12, *("error",) * 3, "creating", "restoring", "error_restoring", "deleting")
NAMES = (*("nightly-1", "nightly-2") * 4, "by-hand", None, "autobk_1", "auto")
SERVERS = (1, 5, "1", "5")


class World:
    """A random cloud, options, and what must not be deleted there, told from the service's own state alone."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.cloud = Cloud({"max_page": rng.choice((4, 1000, 1000)), "delete_seconds": rng.choice((0.0, 0.0, 3.0))}, 3)
        self.volumes = [row.id for row in self.cloud.project.volumes]
        for _number in range(rng.randint(5, 15)):
            self._add(rng)
        named = rng.choice((None, None, None, self.volumes[:1], self.volumes[1:]))
        self.options: Json = {
            "keep_last": rng.choice((None, None, 0, 1, 2)),
            "older_than": rng.choice((None, None, *OLDER)),
            "name_prefix": rng.choice((None, "nightly-")),
            "include_automatic": rng.random() < 0.3,
            "volumes": named,
            "wait": rng.random() < 0.7,
        }
        if self.options["keep_last"] is None and self.options["older_than"] is None:
            self.options["keep_last"] = 1

    def _add(self, rng: random.Random) -> None:
        incremental = rng.random() < 0.4
        made = self.cloud.add(
            "backups",
            volume_id=rng.choice(self.volumes),
            name=rng.choice(NAMES),
            status=rng.choice(STATUSES),
            age=rng.randint(0, 9) * DAY + rng.random() * 3600,
            service_metadata={"ST": rng.choice((*(0,) * 16, *(4,) * 4, *SERVERS)), "Type": int(incremental)},
            # Which stays so for ever, whatever else goes.
            has_dependent_backups=rng.random() < 0.15,
        )
        if rng.random() < 0.2:
            self.cloud.add("shares", backup_id=made.id, to_project_id=rng.choice(("p1", "p2")))

    def protected(self) -> dict[str, set[str]]:
        """The IDs of what must stay, for each thing that must never be deleted."""
        options, rows = self.options, list(self.cloud.project.backups)
        volumes = self.volumes if options["volumes"] is None else options["volumes"]
        now = self.cloud.clock.now()
        shared = {share.backup_id for share in self.cloud.sim.store.shares}
        limit = OLDER.get(options["older_than"], -1.0)
        found = {
            "newest": self._newest(rows) if options["keep_last"] != 0 else [],
            "server backup": [row for row in rows if row.service_metadata["ST"] in SERVERS],
            "shared": [row for row in rows if row.id in shared],
            "dependents": [row for row in rows if row.has_dependent_backups],
            "status": [row for row in rows if row.status not in ("available", "error")],
            "automatic": [row for row in rows if not options["include_automatic"] and _name(row).startswith("auto")],
            "other name": [row for row in rows if not _name(row).startswith(options["name_prefix"] or "")],
            "other volume": [row for row in rows if row.volume_id not in volumes],
            "young": [row for row in rows if now - row.created_at <= limit],
            "last": self._last(rows),
        }
        return {what: {row.id for row in held} for what, held in found.items()}

    def _newest(self, rows: list[t.Any]) -> list[t.Any]:
        good = [[row for row in rows if row.volume_id == one and row.status == "available"] for one in self.volumes]
        return [max(group, key=lambda row: row.created_at) for group in good if group]

    def _last(self, rows: list[t.Any]) -> list[t.Any]:
        """Of each volume the newest good ones that the task is about, and what is newer than the last of them."""
        options = self.options
        if options["keep_last"] is None:
            return []
        held = []
        for one in self.volumes:
            group = sorted((row for row in rows if row.volume_id == one), key=lambda row: -row.created_at)
            good = [row for row in group if row.status == "available" and self._is_meant(row)]
            if len(good) < options["keep_last"]:
                held += group
            elif options["keep_last"]:
                oldest = good[options["keep_last"] - 1]
                held += [row for row in group if row.created_at >= oldest.created_at]
        return held

    def _is_meant(self, row: t.Any) -> bool:
        options = self.options
        by_hand = options["include_automatic"] or not _name(row).startswith("auto")
        matches = _name(row).startswith(options["name_prefix"] or "")
        return by_hand and matches and row.service_metadata["ST"] not in SERVERS


def _name(row: t.Any) -> str:
    return row.name or ""


@contextmanager
def obedient(told: list[str]) -> Iterator[None]:
    """A service that deletes whatever it is told to."""

    def obey(_call: t.Any, backup: t.Any) -> str:
        told.append(backup.id)
        return ""

    with mock.patch.object(native, "refuse_delete", obey):
        yield


def run(world: World) -> tuple[Result, list[str]]:
    """The task, and the IDs that the service was told to delete."""
    told: list[str] = []
    with obedient(told):
        result = world.cloud.run("vbs_backup_prune", {**world.options, "wait_timeout": 60})
    return result, told


def test_what_must_stay_is_never_deleted() -> None:
    deleted, at_stake = 0, Counter[str]()
    for seed in range(CLOUDS):
        world = World(seed)
        with closing(world.cloud) as cloud:
            protected = world.protected()
            everything = {row.id for row in cloud.project.backups}
            _result, told = run(world)
            for what, held in protected.items():
                assert not held & set(told), (seed, what)
            # And whatever nothing protects does go, each with one request.
            assert sorted(told) == sorted(everything - set().union(*protected.values())), seed
            deleted += len(told)
            for what, held in protected.items():
                others = set().union(*(ids for other, ids in protected.items() if other != what))
                at_stake[what] += len(held - others)
    # Each was often the only thing that stood between a backup and its end.
    assert deleted >= CLOUDS
    assert len(at_stake) == 10
    assert min(at_stake.values()) >= 25, at_stake


# What may come in place of one page of a list.
BROKEN: Mapping[str, Json] = {
    "refused": {"status": 400, "body": {"badRequest": {"code": 400, "message": "no"}}},
    "gone": {"status": 404, "body": {"itemNotFound": {"code": 404, "message": "no marker"}}},
    "another's page": {"status": 200, "raw": "<html>please log in</html>"},
    "no list": {"status": 200, "body": {"backups": None, "shared": None}},
    "rows without IDs": {"status": 200, "body": {"backups": [{}], "shared": [{}]}},
    "cut off": {"truncate": 40},
    "away": {"status": 503, "raw": ""},
}


@pytest.mark.parametrize("path", ["/backups/detail", "/os-vendor-backup-sharing/detail"])
@pytest.mark.parametrize("how", BROKEN)
def test_nothing_is_deleted_where_a_list_breaks_off(path: str, how: str) -> None:
    for page in range(3):
        with closing(Cloud({"max_page": 2}, 1)) as cloud:
            volume_id = next(iter(cloud.project.volumes)).id
            made = [cloud.add("backups", volume_id=volume_id, age=number * DAY).id for number in range(12)]
            for backup_id in made[6:]:
                cloud.add("shares", backup_id=backup_id, to_project_id="p1")
            rule = {"match": {"method": "GET", "path": path}, "skip": page, "times": -1, "fault": BROKEN[how]}
            cloud.sim.faults.add(rule)
            told: list[str] = []
            with obedient(told):
                result = cloud.run("vbs_backup_prune", {"keep_last": 1, "api_retries": 1})
            assert (result.failed, result["changed"], told, len(cloud.project.backups)) == (True, False, [], 12)
            assert result["msg"].isprintable()
