# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A backup that others depend on goes only together with them."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.pruning import (
    deleted,
    listing,
    reasons,
    row,
    shared,
)

Json = dict[str, t.Any]
Foresee = t.Callable[..., Result]


@pytest.fixture
def foresee(run: t.Callable[..., Result]) -> Foresee:
    return functools.partial(run, "vbs_backup_prune", check_mode=True, diff=True)


def chain(*kinds: str, **more: Json) -> list[Json]:
    """Backups from new to old: F is a full one, I an increment; all but the last of a chain have dependents."""
    rows = []
    for number, kind in enumerate(kinds, 1):
        before = kinds[number - 2] if number > 1 else "F"
        fields = {"is_incremental": kind == "I", "has_dependent_backups": before == "I", "service_metadata": None}
        rows.append(row(number, **{**fields, **more.get(f"b{number}", {})}))
    return rows


@pytest.mark.parametrize("said", [True, "yes", 1])
def test_what_the_service_says_has_dependents_stays(foresee: Foresee, said: t.Any) -> None:
    result = foresee({"keep_last": 0}, [listing(row(1), row(2, has_dependent_backups=said)), shared()])
    assert (deleted(result), reasons(result)) == (["b1"], {"b2": "dependents"})


@pytest.mark.parametrize(
    ("rows", "options", "gone"),
    [
        (chain("I", "I", "F"), {"keep_last": 0}, ["b1", "b2", "b3"]),
        (chain("I", "I", "F"), {"keep_last": 1}, []),
        (chain("F", "I", "I", "F"), {"keep_last": 1}, ["b2", "b3", "b4"]),
        (chain("I", "F", "I", "F"), {"keep_last": 1}, ["b3", "b4"]),
        (chain("I", "F", "I", "F"), {"keep_last": 0, "wait": False}, ["b1", "b3"]),
        # An increment that stays keeps all below it.
        (chain("F", "I", "I", "F", b2={"name": "autobk_2"}), {"keep_last": 0}, ["b1"]),
        (chain("F", "I", "F", b3={"status": "restoring"}), {"keep_last": 0}, ["b1", "b2"]),
        # The service says that there are dependents, but the list shows none.
        (chain("F", "F", b2={"has_dependent_backups": True}), {"keep_last": 0}, ["b1"]),
    ],
)
def test_what_others_depend_on_goes_only_if_they_go(
    foresee: Foresee, rows: list[Json], options: Json, gone: list[str]
) -> None:
    may_go = options["keep_last"] == 0 or len(rows) > options["keep_last"]
    result = foresee(options, [listing(*rows), *([shared()] if may_go else [])])
    assert deleted(result) == gone
    staying = set(reasons(result).values())
    assert staying <= {"dependents", "automatic", "status", "last"}


def test_a_shared_increment_keeps_what_it_depends_on(foresee: Foresee) -> None:
    result = foresee({"keep_last": 1}, [listing(*chain("F", "I", "F")), shared("b2")])
    assert (deleted(result), reasons(result)) == ([], {"b1": "last", "b2": "shared", "b3": "dependents"})
    assert result["changed"] is False
