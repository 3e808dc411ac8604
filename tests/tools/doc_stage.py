# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs or checks every code block of the guides, the README and the roles' READMEs against the simulator.

The blocks of a page share a folder and a simulated cloud, in which nothing is left of the page before.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from simulator.client import Client

from . import paths
from .doc_blocks import Block, pages
from .doc_checks import Plan, Run, plan, world
from .doc_console import missing_line
from .environment import clean_environment
from .outcome import Outcome, StageError
from .simulator_process import Simulator, simulator

Json = t.Any
Runner = Callable[[Mapping[str, Json]], int]

FOLDER = paths.BUILD / "doc-blocks"
SETTINGS = Path(__file__).with_name("doc_settings.yml")
THREE_DAYS = 3 * 86400
TAIL = 15
"""Lines of a failed command's output that are repeated."""
NO_HOSTS = re.compile(r"no hosts matched|Could not match supplied host pattern", re.IGNORECASE)
"""What Ansible says of a play that does nothing; it ends with 0."""


def check_blocks(outcome: Outcome) -> None:
    """Count each block as one test."""
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    known = world(settings["commands_not_run"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    excused: list[Json] = []
    with simulator({}, name="simulator-docs") as running, _runner() as run:
        for page, blocks in pages(paths.TREE):
            reasons = {block: _reason(block, settings["not_checked"]) for block in blocks}
            excused += [reason for reason in reasons.values() if reason]
            checked = [block for block in blocks if not reasons[block]]
            made = plan(checked, known)
            _prepare(running, settings, page)
            failed = made.problems + [problem for one in _runs(made, page, running, settings, run) for problem in one]
            print(f"+ {page}: {len(checked)} blocks, {len(made.runs)} commands, {len(failed)} problems")
            for problem in failed:
                outcome.fail(problem)
            outcome.add(passed=max(0, len(checked) - len(failed)))
    for entry in settings["not_checked"]:
        if entry not in excused:
            outcome.fail(f"{SETTINGS.name}: no block of {entry['page']} has the text {entry['text']!r}")
    if excused:
        outcome.skip(f"{len(excused)} code blocks, see {SETTINGS.name}", len(excused))


def _reason(block: Block, entries: Sequence[Mapping[str, str]]) -> Json:
    return next((entry for entry in entries if block.page == entry["page"] and entry["text"] in block.text), None)


def _prepare(running: Simulator, settings: Mapping[str, Json], page: str) -> None:
    own = settings["settings_of_pages"].get(Path(page).stem, {})
    call = Client(running.url).call
    call("POST", "/reset", {"settings": {**settings["settings"], **own}})
    volumes = call("POST", "/volumes", [{"name": name} for name in settings["volumes"]])
    ids = {volume["name"]: volume["id"] for volume in volumes}
    backups = settings["backups"].items()
    old = [{"name": name, "volume_id": ids[volume], "age": THREE_DAYS} for name, volume in backups]
    call("POST", "/backups", old)


def _runs(made: Plan, page: str, running: Simulator, settings: Mapping[str, Json], run: Runner) -> Iterator[list[str]]:
    folder = FOLDER / page.replace("/", "-")
    folder.mkdir(parents=True)
    swap = _stand_ins(settings["stand_ins"], running.exports)
    for name, text in made.files.items():
        (folder / name).write_text(swap(text), encoding="utf-8")
    more = {name: value.format(**running.exports) for name, value in settings["environment"].items()}
    for number, one in enumerate(made.runs):
        output = folder / f"{number}.log"
        given = {name: _exported(name, value, running.exports, swap) for name, value in one.exports.items()}
        around = {name: value for name, value in running.exports.items() if _helps(name, one)}
        step = {
            "argv": [swap(word) for word in one.words],
            "cwd": str(folder),
            "env": clean_environment({**_homes(folder), **around, **more, **given}),
            "output": str(output),
            "parse_only": one.parse_only,
        }
        yield _verdict(one, run(step), output.read_text(encoding="utf-8"))


def _homes(folder: Path) -> dict[str, str]:
    # Ansible takes the home directory of the user's account for the folder of background jobs, whatever HOME says.
    return {"HOME": str(folder), "ANSIBLE_ASYNC_DIR": str(folder / ".ansible_async")}


def _helps(name: str, run: Run) -> bool:
    return not run.signs_in_by_itself or name == "HW_AUTH_URL" or name.endswith("_ENDPOINT")


def _exported(name: str, value: str, exports: Mapping[str, str], swap: Callable[[str], str]) -> str:
    """Return what a page's ``export`` sets; three dots stand for a value that is the reader's own."""
    return exports.get(name, value) if value == "..." else swap(f"{name}={value}").split("=", 1)[1]


def _stand_ins(table: Mapping[str, str], exports: Mapping[str, str]) -> Callable[[str], str]:
    def swap(text: str) -> str:
        for shown, stand_in in table.items():
            text = text.replace(shown, stand_in.format(**exports))
        return text

    return swap


def _verdict(run: Run, status: int, output: str) -> list[str]:
    place = f"{run.block.place}: {' '.join(run.words)}"
    tail = "\n    ".join(["", *output.splitlines()[-TAIL:]])
    # About a module that there is not, ansible-doc only warns.
    if status or (run.words[0] == "ansible-doc" and "[WARNING]" in output):
        return [f"{place}: it ended with {status}{tail}"]
    if idle := NO_HOSTS.search(output):
        return [f"{place}: nothing was run: {idle[0]}"]
    missing = missing_line(run.shown, output)
    return [] if missing is None else [f"{place}: it did not print {missing!r}, but{tail}"]


@contextmanager
def _runner() -> Iterator[Runner]:
    """Return what runs a step and returns its exit status."""
    env = clean_environment({"PYTHONPATH": str(paths.CHECKOUT / "tests")})
    command = [sys.executable, "-m", "tools.in_one_process"]
    pipes: Json = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=paths.BUILD, env=env, text=True, **pipes) as process:

        def run(step: Mapping[str, Json]) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(step) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise StageError(f"tools.in_one_process ended in the middle of: {' '.join(step['argv'])}")
            return int(answer)

        try:
            yield run
        finally:
            if process.stdin is not None:
                process.stdin.close()
