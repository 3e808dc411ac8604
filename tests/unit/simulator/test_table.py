# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random

import pytest

from simulator.clock import Clock, Timeline
from simulator.models import Backup
from simulator.table import Table


def row(row_id: str, created_at: float, name: str = "n") -> Backup:
    return Backup(id=row_id, name=name, volume_id="v", size=1, created_at=created_at)


def table() -> Table[Backup]:
    return Table(name=lambda backup: backup.name)


def test_an_unknown_row() -> None:
    rows = table()
    assert rows.get("x") is None
    assert rows.remove("x") is None
    assert rows.where("name", "x") == []
    with pytest.raises(KeyError):
        rows.where("colour", "red")


def test_order_is_by_creation_whatever_the_order_of_adding() -> None:
    chance = random.Random(1)
    rows = table()
    times = [chance.randrange(20) for _unused in range(200)]
    for number, created_at in enumerate(times):
        rows.add(row(str(number), created_at))
    for number in chance.sample(range(200), 80):
        rows.remove(str(number))
    found = [backup.created_at for backup in rows]
    assert found == sorted(found)
    assert len(rows) == len(found) == 120
    marker = list(rows)[50]
    assert list(rows.slice_from(marker, descending=False)) == list(rows)[51:]
    assert list(rows.slice_from(marker, descending=True)) == list(rows)[:50][::-1]
    assert list(rows.slice_from(None, descending=True)) == list(rows)[::-1]


def test_adding_an_id_again_replaces() -> None:
    rows = table()
    rows.add(row("a", 1, "old"))
    rows.add(row("a", 2, "new"))
    assert [backup.name for backup in rows] == ["new"]
    assert rows.where("name", "old") == []


def test_a_change_is_filed_anew() -> None:
    rows = table()
    backup = rows.add(row("a", 5))
    rows.add(row("b", 6))
    rows.change(backup, {"name": "other", "created_at": 7.0})
    assert [found.id for found in rows] == ["b", "a"]
    assert rows.where("name", "other") == [backup]
    assert rows.where("name", "n") == [rows.get("b")]


def test_rows_under_an_indexed_value_are_in_the_order_of_creation_too() -> None:
    chance = random.Random(2)
    rows = table()
    for number in range(200):
        rows.add(row(str(number), chance.randrange(20), chance.choice("ab")))
    for number in chance.sample(range(200), 80):
        rows.remove(str(number))
    for name in "ab":
        assert rows.where("name", name) == [backup for backup in rows if backup.name == name] != []


def test_events_see_the_time_at_which_they_were_due_however_late_they_run() -> None:
    now = [0.0]
    clock = Clock(wall=lambda: 1000.0 + now[0], ticks=lambda: now[0])
    timeline, ran = Timeline(clock), []
    timeline.after(2.0, lambda at: ran.append(("second", at)))
    timeline.after(1.0, lambda at: timeline.after(0.5, lambda later: ran.append(("third", later))))
    timeline.after(1.0, lambda at: ran.append(("first", at)))
    timeline.run_due()
    assert ran == []
    now[0] = 10.0
    timeline.run_due()
    assert ran == [("first", 1001.0), ("third", 1001.5), ("second", 1002.0)]
    assert (clock.now(), clock.ticks()) == (1010.0, 10.0)
    timeline.run_due()
    assert len(ran) == 3
