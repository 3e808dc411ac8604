# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends with 0 and tested nothing: each stage has to notice, and to fail."""

from __future__ import annotations

import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import (
    doc_stage,
    paths,
    run_stage,
    stage_ansible,
    stage_docs,
    stage_integration,
)
from ansible_collections.huaweicloud.backup.tests.tools.doc_blocks import Block
from ansible_collections.huaweicloud.backup.tests.tools.doc_checks import Run as Command
from ansible_collections.huaweicloud.backup.tests.tools.outcome import Outcome, StageError
from ansible_collections.huaweicloud.backup.tests.tools.process import Run
from ansible_collections.huaweicloud.backup.tests.tools.stage_integration import Lane

GREEN = Run(0, "")
REPORT = '<testsuites><testsuite tests="{tests}" skipped="{skipped}">{cases}</testsuite></testsuites>'
SKIPPED = '<testcase><skipped message="no reason to"/></testcase>'


@pytest.fixture(name="tree", autouse=True)
def fixture_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree in which nothing is."""
    tree = tmp_path / "tree"
    tree.mkdir()
    subprocess.run(["git", "init", "--quiet", str(tree)], check=True)
    for name in ("BUILD", "RESULTS"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    monkeypatch.setattr(paths, "TREE", tree)
    return tree


def leave(tree: Path, name: str, *, tests: int = 1, cases: str = "") -> None:
    folder = tree / "tests" / "output" / "junit"
    folder.mkdir(parents=True, exist_ok=True)
    text = REPORT.format(tests=tests, skipped=cases.count("<skipped"), cases=cases)
    (folder / name).write_text(text, encoding="utf-8")


def problem(_outcome: Outcome) -> None:
    raise StageError("no such thing")


@pytest.mark.parametrize(
    ("stage", "notes"),
    [
        (lambda _outcome: None, ["FAILED: no test ran"]),
        (lambda outcome: outcome.skip("all of it"), ["skipped: all of it", "FAILED: no test ran"]),
        (problem, ["FAILED: no such thing"]),
        (lambda outcome: outcome.add(passed=1), []),
    ],
)
def test_a_stage_in_which_nothing_was_tested_has_failed(
    monkeypatch: pytest.MonkeyPatch, stage: t.Callable[[Outcome], None], notes: list[str]
) -> None:
    monkeypatch.setattr(run_stage, "stage_tree", lambda: None)
    monkeypatch.setitem(run_stage.STAGES, "docs", stage)
    outcome = run_stage.run_one("docs")
    assert outcome.notes == notes
    assert run_stage._exit_code([outcome]) == int(bool(notes))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("docs"), 1),
        (Outcome("docs", passed=1), 0),
        (Outcome("docs", skipped=1), 0),
        (Outcome("docs", passed=1, failed=1), 1),
    ],
)
def test_the_sum_is_green_only_if_each_stage_did_something(outcome: Outcome, code: int) -> None:
    assert run_stage._exit_code([Outcome("lint", passed=1), outcome]) == code


def lane(tree: Path, monkeypatch: pytest.MonkeyPatch, *targets: str) -> Lane:
    monkeypatch.setattr(Lane, "tree", tree)
    return Lane(1, list(targets))


def test_a_target_without_a_report_did_not_run(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(tree, "vbs_policy-abc.xml")
    outcome = Outcome("integration")
    # The report of a target whose name begins alike is another's.
    stage_integration._count(outcome, lane(tree, monkeypatch, "vbs_policy", "vbs_policy_info", "vbs"), GREEN)
    assert (outcome.passed, outcome.failed) == (1, 2)
    assert [note for note in outcome.notes if note.startswith("FAILED")] == [
        "FAILED: target vbs did not run",
        "FAILED: target vbs_policy_info did not run",
    ]


def test_targets_that_were_left_out_are_failures(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = Outcome("integration")
    stage_integration._count(outcome, lane(tree, monkeypatch), Run(0, "WARNING: All targets skipped.\n"))
    assert "FAILED: WARNING: All targets skipped." in outcome.notes


@pytest.mark.parametrize(
    ("tests", "cases", "printed", "expected"),
    [
        (0, "", "", (0, 1, 0)),
        (0, "", "no tests ran in 0.01s", (0, 2, 0)),
        (2, "", "", (2, 0, 0)),
        (2, SKIPPED, "", (1, 0, 1)),
    ],
)
def test_unit_tests_that_are_none_have_failed(
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    tests: int,
    cases: str,
    printed: str,
    expected: tuple[int, int, int],
) -> None:
    def run(_command: list[str], **_more: t.Any) -> Run:
        leave(tree, "units.xml", tests=tests, cases=cases)
        return Run(0, printed)

    monkeypatch.setattr(stage_ansible, "run", run)
    outcome = Outcome("units")
    stage_ansible._units(outcome, "3.11", ["pytest"], "pytest")
    assert (outcome.passed, outcome.failed, outcome.skipped) == expected
    assert ("skipped: 1 on Python 3.11: no reason to" in outcome.notes) is bool(cases)


def test_the_report_of_an_earlier_run_does_not_count(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(tree, "units.xml", tests=9)
    monkeypatch.setattr(stage_ansible, "run", lambda _command, **_more: GREEN)
    outcome = Outcome("units")
    stage_ansible._units(outcome, "3.11", ["pytest"], "pytest")
    assert (outcome.passed, outcome.failed) == (0, 1)


@pytest.mark.parametrize(
    ("given", "tool", "tests"),
    [
        ({}, "pytest", "tests/unit"),
        ({"TARGET": "tests/unit/tools/"}, "ansible-test", "tests/unit/tools/"),
        ({"TARGET": "tests/unit/tools/", "HYPOTHESIS_CASES": "9"}, "pytest", "tests/unit/tools/"),
        ({"HOSTILE_MUTANTS": "all", "HW_ACCESS_KEY": "of the user"}, "pytest", "tests/unit"),
    ],
)
def test_how_much_is_tried_reaches_pytest_and_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], tool: str, tests: str
) -> None:
    for name in ("TARGET", *stage_ansible.AMOUNTS):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    started = []
    monkeypatch.setattr(stage_ansible, "run", lambda command, **more: started.append((command, more)) or GREEN)
    stage_ansible.units(Outcome("units"))
    ((command, more),) = started
    assert (tool in " ".join(command[:3]), command[-1]) == (True, tests)
    extra = {name: value for name, value in (more["extra"] or {}).items() if name != "PYTHONPATH"}
    assert extra == {name: value for name, value in given.items() if name in stage_ansible.AMOUNTS}


LACKING = 'WARNING: Skipping sanity test "compile" on Python 3.13 because it could not be found.\n'


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("", (0, 1, 0)),
        ("WARNING: All targets skipped.\n", (0, 2, 0)),
        (LACKING, (0, 0, 1)),
        ('Running sanity test "shellcheck"\n', (0, 0, 1)),
        ('Running sanity test "changelog"\n', (1, 0, 0)),
    ],
)
def test_sanity_of_nothing_has_failed_also_beside_others(printed: str, expected: tuple[int, int, int]) -> None:
    outcome = Outcome("sanity")
    stage_ansible._count_sanity(outcome, Run(0, printed))
    assert (outcome.passed, outcome.failed, outcome.skipped) == expected


def test_a_build_without_an_artifact_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_docs, "run", lambda _command, **_more: GREEN)
    monkeypatch.setattr(stage_docs, "rehearsal_problems", list)
    outcome = Outcome("build")
    stage_docs.build(outcome)
    assert outcome.notes == ["FAILED: ansible-galaxy collection build left 0 artifacts instead of one"]


@pytest.mark.parametrize(
    "said",
    [
        "skipping: no hosts matched",
        "[WARNING]: No hosts matched, nothing to do",
        "[WARNING]: Could not match supplied host pattern, ignoring: databases",
    ],
)
def test_a_play_of_a_guide_that_no_host_matches_has_failed(said: str) -> None:
    command = Command(Block("page.rst", 1, "yaml", ""), ["ansible-playbook", "line-1.yml"])
    assert doc_stage._verdict(command, 0, "PLAY [databases] ***\n") == []
    (found,) = doc_stage._verdict(command, 0, f"PLAY [databases] ***\n{said}\n")
    assert found.startswith("page.rst:1: ansible-playbook line-1.yml: nothing was run: ")
