# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says how each code block of a page is checked: by which commands that are run, or why it is wrong as it stands."""

from __future__ import annotations

import configparser
import itertools
import json
import re
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from . import paths
from .doc_blocks import Block
from .doc_console import ConsoleError, commands

Json = t.Any

ANSIBLE = ("ansible", "ansible-doc", "ansible-playbook")
YAML = ("yaml", "yaml+jinja")
REQUIREMENT = {"name", "type", "version", "source", "signatures"}
WAYS_TO_SIGN_IN = re.compile(r"HW_(ACCESS_KEY|USER_NAME|AUTH_TOKEN)|OS_(CLOUD|CLIENT_CONFIG_FILE|USERNAME|TOKEN)")
VARIABLE = re.compile(r"\b(?:HW|OS)_[A-Z_]+\b")
MAKE_TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A command, with the variables that the block sets before it and the lines that it should print."""

    block: Block
    words: list[str]
    exports: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    parse_only: bool = False
    joins: bool = False
    """Whether it is ``ansible-playbook`` with a file, which may be run with others by one command: that is cheaper."""

    @property
    def signs_in_by_itself(self) -> bool:
        """Return whether the block says how to sign in, so that nothing of the surroundings may help."""
        return any(WAYS_TO_SIGN_IN.fullmatch(name) for name in self.exports)


@dataclass
class Plan:
    """What is to be done for a page: files to write, commands to run in order, and what is wrong already."""

    files: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """What the blocks may name: commands that are not run, targets of make, roles with their options, and variables."""

    not_run: Mapping[str, str]
    targets: frozenset[str]
    roles: Mapping[str, frozenset[str]]
    variables: frozenset[str]


def world(not_run: Mapping[str, str]) -> World:
    """Return what there is in the staged tree."""
    makefile = (paths.CHECKOUT / "Makefile").read_text(encoding="utf-8")
    sources = [file.read_text(encoding="utf-8") for file in (paths.TREE / "plugins" / "module_utils").glob("*.py")]
    return World(
        not_run=not_run,
        targets=frozenset(MAKE_TARGET.findall(makefile)),
        roles={path.parents[1].name: _options(path) for path in paths.TREE.glob("roles/*/meta/argument_specs.yml")},
        variables=frozenset(VARIABLE.findall("\n".join(sources))),
    )


def _options(specification: Path) -> frozenset[str]:
    entry_points = yaml.safe_load(specification.read_text(encoding="utf-8"))["argument_specs"].values()
    return frozenset(name for entry_point in entry_points for name in entry_point.get("options", {}))


def plan(blocks: Sequence[Block], known: World) -> Plan:
    """Return how the blocks of one page are checked."""
    result = Plan()
    typed = " ".join(block.text for block in blocks if block.language == "console")
    for block in blocks:
        try:
            _plan_block(result, block, known, typed)
        except (ConsoleError, ValueError, yaml.YAMLError, configparser.Error) as error:
            result.problems.append(f"{block.place}: {' '.join(str(error).split())}")
    result.runs = list(_joined(result.runs))
    return result


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    for joins, group in itertools.groupby(runs, lambda run: run.joins):
        first, *others = group
        if joins:
            yield replace(first, words=[*first.words, *(run.words[-1] for run in others)])
        else:
            yield from (first, *others)


def _plan_block(result: Plan, block: Block, known: World, typed: str) -> None:
    if block.file and block.language != "console":
        result.files[block.file] = block.text
    if block.language in YAML:
        result.runs.extend(_runs_of_yaml(result, block, known, typed))
    elif block.language == "console":
        result.runs.extend(_runs_of_console(block, known))
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "ini":
        configparser.ConfigParser().read_string(block.text)
    else:
        raise ValueError(f"nothing checks a block of {block.language or 'no language'}")


def _runs_of_yaml(result: Plan, block: Block, known: World, typed: str) -> Iterator[Run]:
    """Run plays and tasks as a playbook, and a role's variables with its playbook, if no command of the page does."""
    content = yaml.safe_load(block.text)
    file = block.file or f"line-{block.line}.yml"
    if block.file and re.search(rf"[\s@=]{re.escape(block.file)}\b", typed):
        # Ansible takes no notice of a variable that nothing reads.
        if f"@{block.file}" in typed and not (isinstance(content, dict) and _role_of(content, known.roles)):
            raise ValueError(f"no role has all of these variables: {', '.join(content)}")
        return
    if isinstance(content, list) and content:
        result.files[file] = block.text if _are_plays(content) else _as_play(block.text)
        yield Run(block, ["ansible-playbook", file], joins=True)
    elif isinstance(content, dict) and set(content) == {"collections"}:
        _check_requirements(content["collections"])
    elif isinstance(content, dict) and (role := _role_of(content, known.roles)):
        result.files[file] = block.text
        yield Run(block, ["ansible-playbook", f"{paths.NAMESPACE}.{paths.NAME}.{role}", "-e", f"@{file}"])
    else:
        raise ValueError("this is neither plays, tasks, variables of a role nor a file that a command of the page uses")


def _are_plays(content: list[Json]) -> bool:
    return all(isinstance(one, dict) and {"hosts", "ansible.builtin.import_playbook"} & set(one) for one in content)


def _as_play(tasks: str) -> str:
    head = "- name: Tasks of a guide\n  hosts: localhost\n  gather_facts: false\n  tasks:\n"
    return head + re.sub(r"(?m)^(?=.)", "    ", tasks)


def _role_of(variables: Mapping[str, Json], roles: Mapping[str, frozenset[str]]) -> str:
    return next((role for role, options in roles.items() if set(variables) <= options), "")


def _check_requirements(collections: Json) -> None:
    for one in collections:
        unknown = set(one) - REQUIREMENT
        if unknown or "name" not in one:
            raise ValueError(f"ansible-galaxy knows no such requirement: {one}")


def _runs_of_console(block: Block, known: World) -> Iterator[Run]:
    exports: dict[str, str] = {}
    for command in commands(block.text):
        program, *rest = command.words
        if program == "export":
            exports.update(_exported(rest, known.variables))
        elif program in ANSIBLE:
            yield Run(block, command.words, dict(exports), command.shown)
        elif program not in known.not_run:
            raise ConsoleError(f"nothing checks the command {program}")
        elif program == "make":
            _check_targets(rest, known.targets)
        elif program == "ansible-galaxy":
            yield Run(block, command.words, parse_only=True)


def _exported(words: Sequence[str], variables: frozenset[str]) -> dict[str, str]:
    exports = dict(word.split("=", 1) for word in words)
    unknown = sorted(name for name in exports if name.startswith(("HW_", "OS_")) and name not in variables)
    if unknown:
        raise ConsoleError(f"the collection reads no variable {', '.join(unknown)}")
    return exports


def _check_targets(words: Sequence[str], targets: frozenset[str]) -> None:
    unknown = [word for word in words if "=" not in word and word not in targets]
    if unknown:
        raise ConsoleError(f"the Makefile has no target {', '.join(unknown)}")
