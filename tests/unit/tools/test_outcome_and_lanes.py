# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import paths, stage_integration
from ansible_collections.huaweicloud.backup.tests.tools.bootstrap import wanted_versions
from ansible_collections.huaweicloud.backup.tests.tools.outcome import (
    Outcome,
    StageError,
    closing_line,
    load,
    save,
    table,
)
from ansible_collections.huaweicloud.backup.tests.tools.process import Run
from ansible_collections.huaweicloud.backup.tests.tools.simulator_process import parse_export
from ansible_collections.huaweicloud.backup.tests.tools.stage_integration import lanes_of, share_out, target_weights


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")


def test_counts_are_added_up_over_stages_of_different_processes() -> None:
    save(Outcome("lint", passed=3))
    save(Outcome("units", passed=40, failed=2, skipped=1, notes=["a note"]))
    outcomes = load(["lint", "units"])
    assert closing_line(outcomes) == "43 passed, 2 failed"
    assert table(outcomes).splitlines()[-2:] == ["units: a note", "43 passed, 2 failed"]


def test_a_stage_that_left_no_result_counts_as_failed() -> None:
    assert closing_line(load(["sanity"])) == "0 passed, 1 failed"


def test_a_failure_says_why_and_a_note_is_kept_once() -> None:
    outcome = Outcome("docs")
    outcome.add(passed=1, notes=["same"])
    outcome.add(passed=1, notes=["same"])
    outcome.fail("a reason")
    assert (outcome.passed, outcome.failed, outcome.notes) == (2, 1, ["same", "FAILED: a reason"])


@pytest.mark.parametrize("version", ["23.1.2", "24.2", "25.2"])
def test_the_pip_that_ansible_test_wants_is_read_from_its_source(version: str) -> None:
    assert wanted_versions(f"    default_packages = dict(\n        pip='{version}',\n    )\n") == [version]


def test_an_ansible_test_that_names_no_pip_is_an_error() -> None:
    with pytest.raises(StageError, match="which pip"):
        wanted_versions("pip = something_else()")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("export HW_REGION_NAME=eu-de\n", {"HW_REGION_NAME": "eu-de"}),
        ("export HW_USER_PASSWORD='a b=c'\n", {"HW_USER_PASSWORD": "a b=c"}),
        ("\n", {}),
        ("INFO: started\n", {}),
        ("HW_REGION_NAME=eu-de\n", {}),
    ],
)
def test_exports_are_read_as_a_shell_would(line: str, expected: dict[str, str]) -> None:
    assert parse_export(line) == expected


def test_targets_are_shared_out_by_weight() -> None:
    lanes = share_out({"big": 100, "middle": 60, "small": 30, "tiny": 5}, lanes=2)
    assert [lane.targets for lane in lanes] == [["big"], ["middle", "small", "tiny"]]
    assert lanes[0].root != lanes[1].root


def test_there_are_no_more_lanes_than_targets() -> None:
    assert [lane.targets for lane in share_out({"only": 1}, lanes=2)] == [["only"]]
    assert share_out({}, lanes=2) == []


def test_targets_in_process_have_the_last_lane_to_themselves() -> None:
    weights = {"big": 100, "middle": 60, "small": 30, "tiny": 5}
    lanes = lanes_of(weights, lanes=3, in_process=("tiny", "big"))
    assert [(lane.number, lane.targets, lane.in_process) for lane in lanes] == [
        (1, ["middle"], False),
        (2, ["small"], False),
        (3, ["big", "tiny"], True),
    ]
    assert not any(lane.in_process for lane in lanes_of(weights, lanes=3, in_process=()))


def test_helpers_of_targets_are_no_targets(tmp_path) -> None:
    for name in ("vbs_policy", "setup_simulator"):
        (tmp_path / name / "tasks").mkdir(parents=True)
        (tmp_path / name / "tasks" / "main.yml").write_text("[]\n", encoding="utf-8")
    assert target_weights(tmp_path) == {"vbs_policy": 3}


@pytest.fixture(name="program")
def fixture_program(monkeypatch):
    """The stage limited to a program that runs beside the lanes, which ends as the test says."""
    monkeypatch.setattr(stage_integration, "install_key_pair", lambda: None)

    def ends(name: str, returncode: int, output: str) -> Outcome:
        monkeypatch.setenv("TARGET", name)
        runs = {name: Run(returncode, output)}
        monkeypatch.setattr(stage_integration, "run_program", runs.__getitem__)
        outcome = Outcome("integration")
        stage_integration.integration(outcome)
        return outcome

    return ends


def test_the_chaos_runs_are_one_test_of_the_stage(program) -> None:
    outcome = program("chaos", 0, "chaos: 8 runs\nfaults injected:         3: 500 3\n")
    assert (outcome.passed, outcome.failed) == (1, 0)
    assert outcome.notes == ["faults injected:         3: 500 3"]


def test_a_program_that_fails_fails_the_stage(program) -> None:
    outcome = program("chaos", 1, "broken\n")
    assert (outcome.passed, outcome.failed) == (0, 1)
    assert "TARGET=chaos" in outcome.notes[0]
