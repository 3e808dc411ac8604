# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong input is refused before the first write, in one message that names the option; what only looks wrong works."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result, run_module
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability import (
    bad_inputs_changing,
    bad_inputs_connection,
    bad_inputs_reading,
)
from ansible_collections.huaweicloud.backup.tests.unit.reliability.bad_inputs import Bad, Options, Wrong

GOOD = {**bad_inputs_changing.GOOD, **bad_inputs_reading.GOOD}
ROWS = [*bad_inputs_changing.rows(), *bad_inputs_reading.rows()]
WAYS = list(bad_inputs_connection.rows())
MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins/modules").glob("*s_*.py"))

every_module = pytest.mark.parametrize("module", MODULES)


def complaints(row: Bad | Wrong, result: Result) -> Iterator[str]:
    """What is wrong with a refusal."""
    if not result.failed:
        yield "it was accepted"
        return
    message = result["msg"]
    if not re.search(rf"(^|[^a-z_]){re.escape(row.option)}([^a-z_]|$)", message):
        yield "the option is not named"
    if not re.search(row.says, message):
        yield "the rule is not told"
    if len(message) > 700:
        yield f"the message has {len(message)} characters"
    if result.writes:
        yield f"it wrote {result.writes}"
    if result["changed"] or result["error"]["retryable"]:
        yield "it says changed, or that another try may help"
    # What Ansible itself refuses is in its own words.
    if result["error"]["advice"].endswith("as the message says"):
        return
    if not message.startswith((f"{row.option}: ", "no credentials: ")):
        yield "the message does not begin with the option"
    if "\n" in message or not message.isprintable():
        yield "the message has more than one line"


def judged(rows: Iterator[tuple[Bad | Wrong, Result]]) -> list[str]:
    """Every complaint about every row."""
    return [
        f"{str(row)[:300]}: {complaint}: {str(result.data.get('msg'))[:300]}"
        for row, result in rows
        for complaint in complaints(row, result)
    ]


def laid_over(row: Bad) -> Options:
    """The options of a row; None takes one away."""
    return {name: value for name, value in {**GOOD[row.module], **row.args}.items() if value is not None}


def test_the_table_has_rows_for_every_module() -> None:
    counted = Counter(row.module for row in ROWS)
    assert set(counted) == set(GOOD) == set(MODULES)
    assert len(MODULES) == 21
    assert counted["vbs_quota_info"] >= 2
    assert all(number >= 10 for module, number in counted.items() if module != "vbs_quota_info"), counted
    assert len({repr(row) for row in [*ROWS, *WAYS]}) == len(ROWS) + len(WAYS) >= 1000


@every_module
def test_what_cannot_be_wanted_is_refused_without_a_request(module: str) -> None:
    rows = [row for row in ROWS if row.module == module and not row.looks]
    assert rows
    # Every request fails the test, because the script is empty.
    assert judged((row, run_module(module, laid_over(row))) for row in rows) == []


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with a policy and a backup, and two of everything that is called twin."""
    made = Cloud({}, 6)
    for number in "ab":
        for kind in ("volumes", "policies"):
            made.add(kind, id=number * 8 + "-2222-3333-4444-555555555555", name="twin")
    for number in "ab":
        made.add("backups", id=number * 8 + "-2222-3333-4444-555555555555", name="twin")
    made.add("backups", name="before")
    made.add("policies", name="nightly")
    made.add("policies", name="full-of-tags", tags={f"k{number}": "v" for number in range(10)})
    yield made
    made.close()


def test_what_is_not_there_or_there_twice_is_refused_before_the_first_write(cloud: Cloud) -> None:
    rows = [row for row in ROWS if row.looks]
    assert len({row.module for row in rows}) >= 10
    results = [(row, cloud.run(row.module, laid_over(row))) for row in rows]
    assert judged(iter(results)) == []
    assert all(result.sent for _row, result in results)


def test_no_way_that_leads_nowhere_is_gone(tmp_path: Path) -> None:
    def runs() -> Iterator[tuple[Wrong, Result]]:
        for number, row in enumerate(WAYS):
            module = MODULES[number % len(MODULES)]
            args = {name: value for name, value in row.args.items() if value is not None}
            options = {**GOOD[module], **args}
            yield row, run_module(module, options, auth={}, environ=row.environ, home=str(tmp_path))

    found = list(runs())
    assert judged(iter(found)) == []
    # The harness looks for its own canaries; these have others.
    assert not [row for row, result in found if "canary" in result.text]
    assert list(tmp_path.rglob("*.json")) == []


NO_VOLUME = "66666666-2222-3333-4444-555555555555"
# Looks wrong, but is right: the module, options, and what it comes to.
RIGHT: list[tuple[str, Options, t.Callable[[Result], bool]]] = [
    ("vbs_backup", {"volume": "data-01", "name": "\u5907\u4efd_1"}, lambda r: r["backup"]["name"] == "\u5907\u4efd_1"),
    (
        "vbs_backup",
        {"volume": "data-02", "name": "b", "description": "\u00e9t\u00e9 \U0001f4be & \u202dco"},
        lambda r: r["changed"],
    ),
    ("vbs_backup", {"volume": "data-03", "name": 42}, lambda r: r["backup"]["name"] == "42"),
    ("vbs_backup", {"volume": "data-04", "name": "x" * 64, "description": "x" * 64}, lambda r: r["changed"]),
    ("vbs_backup", {"volume": "data-05", "name": "-", "max_age": "0s"}, lambda r: r["changed"]),
    ("vbs_backup", {"volume": "data-06", "name": "a", "max_age": "999999999w"}, lambda r: r["changed"]),
    ("vbs_backup", {"name": "../../etc", "volume": "data-01", "state": "absent"}, lambda r: not r["changed"]),
    ("vbs_backup", {"id": "0" * 64, "state": "absent"}, lambda r: not r["changed"]),
    ("vbs_backup_info", {"name": "a/b?c=d#e;f\\g%2e"}, lambda r: r["backups"] == []),
    ("vbs_backup_info", {"name_prefix": "\u200dx", "limit": 10**9}, lambda r: r["backups"] == []),
    ("vbs_backup_prune", {"volumes": [], "keep_last": 0}, lambda r: r["kept"] == []),
    ("vbs_backup_prune", {"volumes": [NO_VOLUME], "keep_last": "0"}, lambda r: r["kept"] == []),
    ("vbs_backup_prune", {"name_prefix": "a/b?c=d#e", "older_than": "999999999w"}, lambda r: not r["changed"]),
    ("vbs_coverage_info", {"volumes": []}, lambda r: r["volumes"] == []),
    ("vbs_coverage_info", {"volumes": "data-02,data-01"}, lambda r: len(r["volumes"]) == 2),
    ("vbs_coverage_info", {"max_age": "999999999w", "verdict": "stale"}, lambda r: r["volumes"] == []),
    ("vbs_job_info", {"job_ids": []}, lambda r: r["jobs"] == []),
    ("vbs_job_info", {"job_ids": ["a" * 64, "A_-9"]}, lambda r: r["jobs"] == []),
    ("vbs_policy_info", {"name": "' OR 1=1 --"}, lambda r: r["policies"] == []),
    ("vbs_policy_info", {"tags": {"env": ["a b", 5, ""]}}, lambda r: r["policies"] == []),
    ("vbs_policy_info", {"tags": {}}, lambda r: r["count"] == 3),
    ("vbs_policy", {"name": "night-\u591c", "state": "absent"}, lambda r: not r["changed"]),
    (
        "vbs_policy",
        {"name": "new", "start_times": "23:00,01:00", "frequency": "30", "retention_count": 99},
        lambda r: r["changed"],
    ),
    ("vbs_policy", {"name": "new", "tags": {"a": "x" * 43, "k" * 36: ""}}, lambda r: r["changed"]),
    ("vbs_policy_resources", {"policy": "new", "volumes": []}, lambda r: not r["changed"]),
    ("vbs_policy_resources", {"policy": "new", "volumes": ["data-01", "data-01"]}, lambda r: r["added_count"] == 1),
    ("vbs_policy_tags", {"policy": "new", "tags": {"\u540d\u5b57": "", "n": 5}}, lambda r: r["tags"]["n"] == "5"),
    (
        "vbs_policy_tags",
        {"policy": "new", "tags": {"..": None, "a/b": "x"}, "state": "absent"},
        lambda r: not r["changed"],
    ),
    ("vbs_policy_tags", {"policy": "new", "tags": {}}, lambda r: not r["changed"]),
    ("vbs_policy_tags_info", {"policy": "new"}, lambda r: r["tags"]["\u540d\u5b57"] == ""),
    ("vbs_policy_task_info", {"policy": "new", "limit": 10**9}, lambda r: r["tasks"] == []),
    ("vbs_share", {"backup": "before", "projects": []}, lambda r: not r["changed"]),
    ("vbs_share", {"backup": "before", "projects": [123]}, lambda r: r["added"] == ["123"]),
    ("vbs_share_info", {"name": "100%", "availability_zone": "a&b=c"}, lambda r: r["shares"] == []),
    ("csbs_policy_info", {"name": "my servers+&=%"}, lambda r: r["policies"] == []),
    ("csbs_checkpoint_info", {"id": "-"}, lambda r: r["checkpoints"] == []),
    ("csbs_protectable_info", {"servers": []}, lambda r: r["servers"] == []),
]


def test_what_only_looks_wrong_works() -> None:
    cloud = Cloud({}, 6)
    cloud.add("backups", name="before")
    cloud.add("policies", name="nightly")
    cloud.add("policies", name="weekly")
    cloud.add("policies", name="monthly")
    failures = []
    for module, options, came_to in RIGHT:
        result = cloud.run(module, options)
        if result.failed or not came_to(result):
            failures.append(f"{module} {options}: {result.text[:400]}")
    cloud.close()
    assert failures == []
