# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the pages that the browser looks at: the role's own playbook against the simulator."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from simulator.client import Client
from tools import paths
from tools.outcome import StageError
from tools.process import run
from tools.simulator_process import Simulator

PLAYBOOK = [str(paths.BIN / "ansible-playbook"), f"{paths.NAMESPACE}.{paths.NAME}.coverage_report"]
QUIET = {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_FORCE_COLOR": "false"}
MANY = 10_000

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=http://192.0.2.1/x onerror=alert(2)>',
    "'\" onmouseover='alert(3)' style='position:fixed;inset:0'",
    "</title></style></script><svg onload=alert(4)>",
    "{{ 7*7 }}{% raw %}",
    'javascript:alert(5)//<a href="javascript:alert(6)">',
    "&lt;b&gt; &amp; &#60;",
    "long-" * 51,
)
"""Names that must be shown letter for letter."""

TURNED = "exe.\u202egnp\u2028\u200b.txt"
TURNED_SHOWN = "exe.\ufffdgnp\ufffd\ufffd.txt"
"""A name whose letters a browser would show in another order, and how the page shows it."""


def make_estate(running: Simulator, directory: Path) -> Path:
    """Make the page of a small project with hostile names, the second one in its place; return its path."""
    call = Client(running.url).call
    names = [*HOSTILE, TURNED, ""]
    call("POST", "/reset", {"volumes": [{"name": name, "size": 5} for name in names]})
    call("POST", "/fleet", {"volumes": 60, "nights": 3})
    call("POST", "/policies", {"name": HOSTILE[0], "id": "aaaaaaaa-2222-3333-4444-555555555555"})
    volumes = {row["name"]: row["id"] for row in call("GET", "/volumes")}
    task = {"policy_id": "aaaaaaaa-2222-3333-4444-555555555555", "resource_id": volumes[HOSTILE[1]], "age": 60}
    failed = {"status": "EXECUTE_FAIL", "code": "VolumeBackup.0064", "message": HOSTILE[3]}
    call("POST", "/tasks", {**task, **failed})
    _report(running, directory, coverage_report_title=HOSTILE[0])
    call("POST", "/backups", {"name": "young", "volume_id": volumes[HOSTILE[1]], "age": 30})
    call("POST", "/volumes", {"name": "<b>new</b>", "size": 1234567})
    call("DELETE", f"/volumes/{volumes[HOSTILE[2]]}")
    return _report(running, directory, coverage_report_title=HOSTILE[0])


def make_large(running: Simulator, directory: Path) -> Path:
    """Make the page of a project with very many volumes; return its path."""
    call = Client(running.url).call
    call("POST", "/reset", {"volumes": 0})
    call("POST", "/fleet", {"volumes": MANY, "nights": 1})
    return _report(running, directory)


def _report(running: Simulator, directory: Path, **variables: str) -> Path:
    page = directory / "coverage.html"
    given = {"coverage_report_path": str(page), **variables}
    extra = directory / "variables.yml"
    extra.write_text(yaml.safe_dump(given), encoding="utf-8")
    result = run([*PLAYBOOK, "-e", f"@{extra}"], cwd=directory, extra={**running.exports, **QUIET})
    if result.returncode or not page.is_file():
        raise StageError(f"the playbook that makes the page ended with {result.returncode}")
    return page


def empty(directory: Path) -> Path:
    """Return ``directory``, new and empty."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
