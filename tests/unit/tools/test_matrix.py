# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the matrix: what they promise, what runs of them, and what is told of one that cannot run."""

from __future__ import annotations

import re

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import paths, stage_matrix
from ansible_collections.huaweicloud.backup.tests.tools.outcome import Outcome, StageError, save
from ansible_collections.huaweicloud.backup.tests.tools.process import Run
from ansible_collections.huaweicloud.backup.tests.tools.stage_ansible import TARGETS
from ansible_collections.huaweicloud.backup.tests.tools.stage_integration import target_names
from ansible_collections.huaweicloud.backup.tests.tools.stage_matrix import ROWS, Row, matrix
from ansible_collections.huaweicloud.backup.tests.tools.venvs import constraints_of

SUPPORTED = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
"""Each ansible-core, and the Pythons that it runs on (https://docs.ansible.com, "ansible-core support matrix")."""


def test_each_ansible_core_runs_on_a_python_that_it_supports() -> None:
    assert [row.core for row in ROWS] == list(SUPPORTED)
    assert all(row.controller in SUPPORTED[row.core] for row in ROWS)


def test_modules_run_on_each_python_that_is_promised() -> None:
    assert {row.target for row in ROWS} == set(TARGETS)


def test_all_packages_are_those_of_the_lock_but_what_belongs_to_ansible_core() -> None:
    lock = "# of ours\nansible-core==2.19.1 ; python_version > '3'\nansible-runner==2.4\nresolvelib==1.2\nPyYAML==6\n"
    assert constraints_of(lock) == "ansible-runner==2.4\nPyYAML==6\n"


@pytest.fixture(name="rows")
def fixture_rows(monkeypatch, tmp_path):
    """Run the stage with one row; its stages leave the given results. Returns its outcome and what was started."""
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "PYTHONS", tmp_path)
    monkeypatch.setattr(stage_matrix, "ROWS", (Row("2.16", "3.10", "3.9"),))
    for name in ("install_standin", "stage", "targets"):
        monkeypatch.setattr(stage_matrix, name, lambda *_words, **_more: None)
    monkeypatch.setattr(stage_matrix, "environment", lambda _version, name, *_packages: tmp_path / name)

    def run_rows(
        *results: Outcome, pythons: tuple[str, ...] = ("3.10", "3.9")
    ) -> tuple[Outcome, list[tuple[str, str]]]:
        for version in pythons:
            (tmp_path / f"python{version}").touch()
        left, started = list(results), []

        def run(command, *, cwd, extra, prefix):
            assert prefix == "[2.16] "
            assert extra["TARGET_PYTHON"] == str(tmp_path / "target-3.9")
            started.append((command[-1], extra.get("TARGET", "")))
            if left:
                monkeypatch.setattr(paths, "RESULTS", cwd / "build" / "results")
                save(left.pop(0))
            return Run(0, "")

        monkeypatch.setattr(stage_matrix, "run", run)
        outcome = Outcome("matrix")
        matrix(outcome)
        return outcome, started

    return run_rows


def test_a_row_counts_what_its_stages_counted_and_repeats_what_failed_and_what_was_skipped(rows) -> None:
    results = (
        Outcome("sanity", 22),
        Outcome("units", 40, 1, notes=["FAILED: one"]),
        Outcome("integration", 3, skipped=1, notes=["skipped: a reason", "lane 1: 3 tasks"]),
    )
    outcome, started = rows(*results)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (65, 1, 1)
    assert started == [("sanity", ""), ("units", ""), ("integration", " ".join(target_names()))]
    first, reason, second = outcome.notes
    assert reason == "ansible-core 2.16 on 3.10, modules on 3.9: skipped: a reason"
    assert first == "ansible-core 2.16 on 3.10, modules on 3.9: FAILED: one"
    assert re.search(r"sanity 22 passed, 0 failed in \d+ s; units 40 passed, 1 failed .*; integration 3 passed", second)


def test_a_stage_that_leaves_no_result_has_failed(rows) -> None:
    outcome, _started = rows(Outcome("sanity", 22))
    assert (outcome.passed, outcome.failed) == (22, 2)


def test_a_row_without_its_pythons_is_skipped_and_says_which(rows) -> None:
    outcome, started = rows(pythons=("3.10",))
    assert (outcome.passed, outcome.failed, outcome.skipped, started) == (0, 0, 1, [])
    assert outcome.notes == ["skipped: ansible-core 2.16 on 3.10, modules on 3.9: there is no Python 3.9"]


def test_a_quick_run_has_fewer_integration_targets(rows, monkeypatch) -> None:
    monkeypatch.setenv("QUICK", "1")
    _outcome, started = rows(Outcome("sanity", 1), Outcome("units", 1), Outcome("integration", 1))
    assert started == [("sanity", ""), ("units", ""), ("integration", " ".join(stage_matrix.SMOKE))]
    targets = paths.CHECKOUT / "tests" / "integration" / "targets"
    assert all((targets / name / "tasks").is_dir() for name in stage_matrix.SMOKE)


def test_a_quick_run_has_the_oldest_and_the_newest_row(rows, monkeypatch) -> None:
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.setattr(stage_matrix, "ROWS", tuple(Row(core, "3.10", "3.9") for core in ("2.16", "2.17", "2.18")))
    ran = []
    monkeypatch.setattr(stage_matrix, "_run_row", lambda _outcome, row: ran.append(row.core))
    rows()
    assert ran == ["2.16", "2.18"]


def test_an_ansible_core_without_a_row_is_refused(rows, monkeypatch) -> None:
    monkeypatch.setenv("CORE", "2.16 2.15")
    with pytest.raises(StageError, match=r"CORE: no row for ansible-core 2\.15; there are: 2\.16"):
        rows()


@pytest.mark.parametrize(("core", "times"), [("", 1), ("2.16", 1), ("2.17", 0)])
def test_the_pythons_without_an_ansible_are_tested_once_with_all_rows_or_with_the_first(
    rows, monkeypatch, core: str, times: int
) -> None:
    seen = []
    monkeypatch.setattr(stage_matrix, "ROWS", (Row("2.16", "3.10", "3.9"), Row("2.17", "3.12", "3.10")))
    monkeypatch.setattr(stage_matrix, "targets", lambda _outcome, versions: seen.append(versions))
    monkeypatch.setenv("CORE", core)
    rows(pythons=())
    assert len(seen) == times
    assert all("3.9" in versions and "3.12" not in versions for versions in seen)
