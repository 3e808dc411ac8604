# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that runs real playbooks against the simulator, in several lanes side by side.

A lane is a staged tree, a simulator and an ``ansible-test integration`` of its own: targets of different lanes cannot
meet in one project. There are twice as many as cores, because a lane that waits for a job needs none.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from . import paths
from .bootstrap import install_key_pair
from .environment import TARGET_PYTHON, wanted
from .outcome import Outcome, StageError
from .process import Run, run
from .simulator_process import Simulator, simulator
from .stage_tree import stage
from .verdict import false_greens, integration_failures, junit_counts

ANSIBLE_TEST = str(paths.BIN / "ansible-test")
TARGETS = paths.CHECKOUT / "tests" / "integration" / "targets"
SETTINGS = {"SIM_JOB_SECONDS": "1"}
PROGRAMS = {"chaos": ("faults injected:", "broken promises:")}
"""No targets of ansible-test's, but short forms such as that of ``make chaos``, by the name of their package.

With the lines of their reports that are worth a note.
"""

HELPERS = ("setup_", "prepare_")
"""Targets that others depend on and that test nothing by themselves."""
LONGER = {
    "examples": 3,
    "progress": 4,
    "remote_host": 3,
    "role_protect_volumes": 1.4,
    "vbs_backup": 1.4,
    "vbs_restore": 1.4,
}
"""Targets that run other playbooks or wait: how many times longer they take than the size of their own files says."""

IN_PROCESS = (
    "bad_input",
    "csbs_checkpoint_info",
    "csbs_policy_info",
    "role_backup_volumes",
    "role_coverage_report",
    "role_protect_volumes",
    "role_restore_volume",
    "vbs_backup_info",
    "vbs_coverage_info",
    "vbs_policy",
    "vbs_policy_info",
    "vbs_policy_resources",
    "vbs_policy_tags",
    "vbs_policy_tags_info",
    "vbs_policy_task_info",
    "vbs_quota_info",
    "vbs_share",
    "vbs_share_info",
)
"""Targets with many short tasks, whose modules run in Ansible's own processes, which takes a quarter of the time.

How Ansible packs, ships and starts them shows in other targets, and in a run that names the target.
"""

SETTINGS_IN_PROCESS = """[defaults]
strategy_plugins = {tools}/strategies
strategy = in_process
"""
"""What is added to tests/integration/integration.cfg for them."""

EXPORTED = {
    "auth_url": "HW_AUTH_URL",
    "region": "HW_REGION_NAME",
    "project_id": "HW_PROJECT_ID",
    "project_name": "HW_PROJECT_NAME",
    "access_key": "HW_ACCESS_KEY",
    "secret_key": "HW_SECRET_KEY",
    "username": "HW_USER_NAME",
    "password": "HW_USER_PASSWORD",
    "domain_name": "HW_DOMAIN_NAME",
    "vbs_endpoint": "HW_VBS_ENDPOINT",
    "evs_endpoint": "HW_EVS_ENDPOINT",
    "csbs_endpoint": "HW_CSBS_ENDPOINT",
}
"""Names in integration_config.yml, and the variables that the simulator prints for them."""


@dataclass
class Lane:
    """What one lane runs, and where."""

    number: int
    targets: list[str] = field(default_factory=list)
    weight: int = 0
    in_process: bool = False

    @property
    def root(self) -> Path:
        """Return the collections path of this lane."""
        return paths.BUILD / f"lane-{self.number}"

    @property
    def tree(self) -> Path:
        """Return the staged tree of this lane."""
        return self.root / "ansible_collections" / paths.NAMESPACE / paths.NAME


def integration(outcome: Outcome) -> None:
    """Run all targets, or those that TARGET names; each target counts as one test."""
    weights = target_weights(TARGETS)
    known = target_names()
    names = wanted() or known
    unknown = [name for name in names if name not in known]
    if unknown:
        raise StageError(f"no such integration target: {', '.join(unknown)}; there are: {', '.join(known)}")
    install_key_pair()
    names_of_targets = {name: weights[name] for name in names if name not in PROGRAMS}
    lanes = lanes_of(names_of_targets, lanes=2 * (os.cpu_count() or 1), in_process=() if wanted() else IN_PROCESS)
    with ThreadPoolExecutor(max_workers=len(lanes) + len(PROGRAMS)) as pool:
        # They are mostly waiting, so they go beside the lanes.
        programs = {name: pool.submit(run_program, name) for name in PROGRAMS if name in names}
        for lane, result in zip(lanes, pool.map(run_lane, lanes)):
            _count(outcome, lane, result)
        for name, program in programs.items():
            _count_program(outcome, name, program.result())


def target_names() -> list[str]:
    """Return what TARGET may name."""
    return [*sorted(target_weights(TARGETS)), *PROGRAMS]


def target_weights(directory: Path) -> dict[str, int]:
    """Return the targets below ``directory`` with the size of their files, which is how long they run, more or less."""
    if not directory.is_dir():
        return {}
    targets = [path for path in directory.iterdir() if path.is_dir() and not path.name.startswith(HELPERS)]
    sizes = {path.name: sum(file.stat().st_size for file in path.rglob("*.yml")) for path in targets}
    return {name: round(size * LONGER.get(name, 1)) for name, size in sizes.items()}


def lanes_of(weights: dict[str, int], *, lanes: int, in_process: Sequence[str]) -> list[Lane]:
    """Return the lanes of all targets: the last one has those ``in_process``, if there are any."""
    others = {name: weight for name, weight in weights.items() if name not in in_process}
    result = share_out(others, lanes=lanes - bool(in_process))
    if in_process:
        result.append(Lane(len(result) + 1, [name for name in weights if name in in_process], in_process=True))
    return result


def share_out(weights: dict[str, int], *, lanes: int) -> list[Lane]:
    """Return at most ``lanes`` lanes that share the targets, the heaviest ones given out first."""
    result = [Lane(number + 1) for number in range(min(lanes, len(weights)))]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = min(result, key=lambda lane: lane.weight)
        lightest.targets.append(name)
        lightest.weight += weights[name]
    return result


def run_lane(lane: Lane) -> Run:
    """Start a simulator, tell the tests about it, run the lane's targets, and end the simulator."""
    stage(tree=lane.tree)
    shutil.rmtree(lane.tree / "tests" / "output", ignore_errors=True)
    with simulator(SETTINGS, name=f"simulator-{lane.number}") as running:
        write_config(lane, running)
        command = [ANSIBLE_TEST, "integration", "--color", "no", "--local", "--continue-on-error", *lane.targets]
        extra = {"ANSIBLE_COLLECTIONS_PATH": str(lane.root)}
        return run(command, cwd=lane.tree, extra=extra, prefix=f"[{lane.number}] ")


def run_program(name: str) -> Run:
    """Run the short form of a program in a package of its own, with the tree as it was staged already."""
    command = [sys.executable, "-m", name, "--short"]
    extra = {"PYTHONPATH": str(paths.CHECKOUT / "tests")}
    return run(command, cwd=paths.CHECKOUT, extra=extra, prefix=f"[{name}] ")


def write_config(lane: Lane, running: Simulator) -> None:
    """Write the variables that every target gets, and settings for Ansible; into the staged tree only."""
    config = {key: running.exports[variable] for key, variable in EXPORTED.items() if variable in running.exports}
    config.update(sim_control=running.control, sim_tools=str(paths.CHECKOUT / "tests"))
    # The interpreter itself: ansible-test's own is a program before it, which only measuring coverage needs.
    config["ansible_python_interpreter"] = os.environ.get(TARGET_PYTHON) or sys.executable
    place = lane.tree / "tests" / "integration"
    (place / "integration_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    if lane.in_process:
        settings = place / "integration.cfg"
        added = SETTINGS_IN_PROCESS.format(tools=paths.CHECKOUT / "tests" / "tools")
        settings.write_text(settings.read_text(encoding="utf-8").replace("[defaults]\n", added), encoding="utf-8")


def _count(outcome: Outcome, lane: Lane, result: Run) -> None:
    failed = integration_failures(result.output)
    for line in false_greens(result.output):
        outcome.fail(line)
    ran = [name for name in lane.targets if reported(lane.tree, name)]
    for name in sorted(set(lane.targets) - set(ran) - set(failed)):
        outcome.fail(f"target {name} did not run")
    for name in failed:
        outcome.fail(f"target {name}")
    tasks = junit_counts((lane.tree / "tests" / "output" / "junit").glob("*.xml"))["tests"]
    outcome.add(
        passed=len(set(ran) - set(failed)),
        notes=[f"lane {lane.number}{' (modules in process)' * lane.in_process}: {tasks} tasks ({', '.join(ran)})"],
    )
    if result.returncode and not outcome.failed:
        outcome.fail(f"ansible-test integration ended with {result.returncode}")


def _count_program(outcome: Outcome, name: str, result: Run) -> None:
    if result.returncode:
        outcome.fail(f"target {name} (make integration TARGET={name} repeats it)")
    else:
        outcome.add(passed=1, notes=[line for line in result.output.splitlines() if line.startswith(PROGRAMS[name])])


def reported(tree: Path, target: str) -> Sequence[Path]:
    """Return the reports that ansible-test left for ``target``; it names them after the playbook that it wrote."""
    return sorted((tree / "tests" / "output" / "junit").glob(f"{target}-*.xml"))
