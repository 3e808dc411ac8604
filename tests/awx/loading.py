# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs examples/awx/load.yml, with stand-ins for the modules of awx.awx, and judges what AWX would get."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools import paths
from tools.environment import clean_environment

from . import project
from .rules import credential_type_problems
from .surveys import survey_problems

MOST_SECONDS = 120
URL = "https://git.example.com/backup-project.git"

OPTIONS: Mapping[str, frozenset[str]] = {
    "credential_type": frozenset(("name", "description", "kind", "inputs", "injectors")),
    "execution_environment": frozenset(("name", "image", "organization")),
    "host": frozenset(("name", "inventory", "variables")),
    "inventory": frozenset(("name", "organization")),
    "job_template": frozenset(
        (
            "ask_credential_on_launch",
            "ask_diff_mode_on_launch",
            "ask_job_type_on_launch",
            "credentials",
            "description",
            "inventory",
            "name",
            "organization",
            "playbook",
            "project",
            "survey_enabled",
            "survey_spec",
        )
    ),
    "project": frozenset(
        (
            "default_environment",
            "name",
            "organization",
            "scm_branch",
            "scm_type",
            "scm_url",
            "update_project",
            "wait",
        )
    ),
}
"""Those options of awx.awx's modules, of release 24.6.1, that the playbook uses."""

PLAYBOOK = re.compile(r"\s*?-?\s*?(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):")
"""AWX offers a file of a project as a playbook if a line begins like this (awx/main/utils/ansible.py)."""

Calls = list[dict[str, Any]]


def load(name: str, variables: Mapping[str, str]) -> tuple[str, Calls]:
    """Run the playbook; return what it printed, and the calls that AWX would have got."""
    place = project.ROOT / "loading"
    actions = place / "ansible_collections" / "awx" / "awx" / "plugins" / "action"
    actions.mkdir(parents=True, exist_ok=True)
    for module in OPTIONS:
        shutil.copy(Path(__file__).with_name("stand_in.py"), actions / f"{module}.py")
    log = place / f"{name}.jsonl"
    extra = {
        "ANSIBLE_COLLECTIONS_PATH": str(place),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "AWX_STAND_IN_LOG": str(log),
        "HOME": str(project.HOME),
    }
    command = [str(paths.BIN / "ansible-playbook"), str(project.EXAMPLES / "load.yml"), "-e", json.dumps(variables)]
    done = subprocess.run(
        command,
        cwd=place,
        env=clean_environment(extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return done.stdout, [json.loads(line) for line in lines]


def refusal_problems() -> list[str]:
    """Return what is wrong with how the playbook refuses to load without a project."""
    output, calls = load("refusal", {})
    problems = [] if "load_project_url is missing" in output else [f"it does not name load_project_url: {output}"]
    return problems + [f"it called {call['module']} all the same" for call in calls]


def load_problems(name: str, variables: Mapping[str, str]) -> list[str]:
    """Return what AWX would not take of what the playbook loads with ``variables``."""
    output, calls = load(name, {"load_project_url": URL, **variables})
    made = {call["module"].rpartition(".")[2] for call in calls}
    wanted = set(OPTIONS) - (set() if variables.get("load_image") else {"execution_environment"})
    if made != wanted:
        return [f"it made {sorted(made)} and not {sorted(wanted)}: {output[-2000:]}"]
    return [problem for call in calls for problem in _call_problems(call["module"].rpartition(".")[2], call["options"])]


def _call_problems(module: str, options: Mapping[str, Any]) -> Iterator[str]:
    for option in sorted(set(options) - OPTIONS[module]):
        yield f"{module} has no option {option}"
    if module == "credential_type":
        yield from credential_type_problems(options)
        # Whoever renders the templates on the way to AWX leaves nothing in them.
        if options != project.read_example("credential_type.yml"):
            yield "the credential type is not as it is in its file"
    if module == "host" and options["variables"]["ansible_python_interpreter"] != "{{ ansible_playbook_python }}":
        yield "the interpreter is that of the machine that loads, not that of the job"
    if module == "job_template":
        yield from (f"{options['name']}: {problem}" for problem in _template_problems(options))


def _template_problems(options: Mapping[str, Any]) -> Iterator[str]:
    yield from survey_problems(options["survey_spec"])
    playbook = project.EXAMPLES / "project" / options["playbook"]
    lines = playbook.read_text(encoding="utf-8").splitlines() if playbook.exists() else []
    if not any(PLAYBOOK.match(line) for line in lines):
        yield f"AWX would not find the playbook {options['playbook']} in the project"
    if bool(options.get("credentials")) == bool(options["ask_credential_on_launch"]):
        yield "either it has a credential, or it asks for one"
