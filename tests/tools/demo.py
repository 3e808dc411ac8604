# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the collection at work: playbooks/demo.yml in check mode, and twice; the second run must change nothing.

Then the coverage report of what it made, as build/coverage.html.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from . import paths
from .environment import prepare
from .outcome import Outcome, StageError, forget, save
from .process import end_on_signals, run
from .simulator_process import Simulator, simulator
from .stage_tree import stage as stage_tree

ANSIBLE_PLAYBOOK = str(paths.BIN / "ansible-playbook")
PLAYBOOK = f"{paths.NAMESPACE}.{paths.NAME}.demo"
REPORT = f"{paths.NAMESPACE}.{paths.NAME}.coverage_report"
PAGE = paths.BUILD / "coverage.html"
SETTINGS = {"SIM_JOB_SECONDS": "12"}
"""Jobs last as long as it takes to see that a wait is told of."""
QUIET = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_FORCE_COLOR": "false"}
PROGRESS = re.compile(r"^\[\d+/\d+ done, \d\d:\d\d\] vbs_backup_batch: ", re.MULTILINE)
RECAP = re.compile(r"^localhost\s*:(?P<counts>(?:\s+\w+=\d+)+)", re.MULTILINE)

REAL_CLOUD = """
The same playbook on the real cloud, with your own access key and volumes:

  export HW_REGION_NAME=eu-west-101 HW_PROJECT_ID=... HW_ACCESS_KEY=... HW_SECRET_KEY=...
  ansible-galaxy collection install {artifact}    # made by: make build
  ansible-playbook {playbook} -e '{{"demo_volumes": ["my-volume"]}}'

With a user and password instead: HW_DOMAIN_NAME, HW_USER_NAME, HW_USER_PASSWORD and HW_PROJECT_NAME.
Open Telekom Cloud: HW_CLOUD=otc.t-systems.com as well. To rehearse first: make simulator
"""


def main() -> int:
    """Run the demo and return 0 when both runs did what they should."""
    end_on_signals()
    prepare()
    forget("demo")
    stage_tree()
    outcome = Outcome("demo")
    start = time.monotonic()
    try:
        with simulator(SETTINGS, name="simulator-demo") as running:
            print(f"The simulator runs at {running.url}")
            _play(outcome, running, "check mode: what the first run will change", changes=True, check=True)
            _play(outcome, running, "first run", changes=True)
            _play(outcome, running, "second run: nothing is left to do", changes=False)
            _report(outcome, running)
    except StageError as problem:
        outcome.fail(str(problem))
    outcome.seconds = round(time.monotonic() - start, 1)
    save(outcome)
    if not outcome.failed:
        artifact = f"build/{paths.NAMESPACE}-{paths.NAME}-*.tar.gz"
        print(REAL_CLOUD.format(playbook=PLAYBOOK, artifact=artifact))
        print(f"Open the report in a browser: {PAGE.as_uri()}\n")
    for note in outcome.notes:
        print(f"demo: {note}")
    print(f"demo: {outcome.passed} passed, {outcome.failed} failed in {outcome.seconds} s", flush=True)
    return int(bool(outcome.failed))


def _play(outcome: Outcome, running: Simulator, title: str, *, changes: bool, check: bool = False) -> None:
    print(f"\n=== {title} ===", flush=True)
    problem = playbook_problem(running, paths.TREE_ROOT, changes=changes, check=check)
    if problem:
        outcome.fail(f"{title}: {problem}")
    else:
        outcome.add(passed=1)


def playbook_problem(running: Simulator, collections: Path, *, changes: bool, check: bool = False) -> str:
    """Run the playbook of the collection below ``collections``; return what is wrong with how it ended, or ""."""
    extra = {**running.exports, **QUIET, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    result = run([ANSIBLE_PLAYBOOK, PLAYBOOK, *["--check"] * check], cwd=paths.BUILD, extra=extra)
    if result.returncode:
        return f"ansible-playbook ended with {result.returncode}"
    if changes and not check and not PROGRESS.search(result.output):
        return "there was no line of progress while the backups were made"
    return recap_problem(result.output, changes=changes)


def _report(outcome: Outcome, running: Simulator) -> None:
    print("\n=== report: what is protected now ===", flush=True)
    for old in (PAGE, PAGE.with_suffix(".json")):
        old.unlink(missing_ok=True)
    result = run([ANSIBLE_PLAYBOOK, REPORT], cwd=paths.BUILD, extra={**running.exports, **QUIET})
    if result.returncode or not PAGE.is_file():
        outcome.fail(
            f"report: ansible-playbook ended with {result.returncode} "
            if result.returncode
            else f"report: there is no {PAGE}"
        )
    else:
        outcome.add(passed=1)


def recap_problem(output: str, *, changes: bool) -> str:
    """Return what is wrong with the recap in ``output`` of a run that was to make ``changes`` or none, or ""."""
    match = RECAP.search(output)
    if not match:
        return "it printed no recap"
    counts = {name: int(number) for name, number in (word.split("=") for word in match["counts"].split())}
    if not counts.get("ok"):
        return "no task ran"
    if changes and not counts["changed"]:
        return "changed=0, although nothing was there before"
    if not changes and counts["changed"]:
        return f"changed={counts['changed']} instead of changed=0"
    return ""


if __name__ == "__main__":
    sys.exit(main())
