# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a code block of a guide before anything is run, and that each kind of mistake is found."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.doc_blocks import Block, blocks_of_markdown, blocks_of_rst
from ansible_collections.huaweicloud.backup.tests.tools.doc_checks import Plan, World, plan
from ansible_collections.huaweicloud.backup.tests.tools.doc_console import ConsoleError, commands, missing_line
from ansible_collections.huaweicloud.backup.tests.tools.doc_errors import BEGIN, with_tables

KNOWN = World(
    not_run={"git": "the network", "make": "a stage of its own", "ansible-galaxy": "the network"},
    targets=frozenset({"demo", "test"}),
    roles={"protect_volumes": frozenset({"protect_volumes_plans"}), "other": frozenset()},
    variables=frozenset({"HW_ACCESS_KEY", "HW_REGION_NAME", "OS_CLOUD"}),
)
TASKS = "- name: Read\n  huaweicloud.backup.vbs_policy_info:\n"


def planned(*blocks: tuple[str, str]) -> Plan:
    return plan([Block("page.rst", number, language, text) for number, (language, text) in enumerate(blocks, 1)], KNOWN)


def test_blocks_of_rst_know_their_language_line_and_file() -> None:
    lines = [
        "This is ``plans.yml``:",
        "",
        ".. code-block:: yaml",
        "   :linenos:",
        "",
        "    a:",
        "      b",
        "",
        "Text::",
        "",
        "    literal",
        "End.",
    ]
    assert list(blocks_of_rst("p.rst", lines)) == [
        Block("p.rst", 3, "yaml", "a:\n  b\n", "plans.yml"),
        Block("p.rst", 9, "", "literal\n"),
    ]


def test_blocks_of_markdown_know_their_language_line_and_file() -> None:
    lines = ["In a `plans.yml`:", "", "```yaml", "a: b", "```", "Names such as `b.yml` are fine.", "```", "x", "```"]
    assert list(blocks_of_markdown("p.md", lines)) == [
        Block("p.md", 3, "yaml", "a: b\n", "plans.yml"),
        Block("p.md", 7, "", "x\n"),
    ]


def test_tasks_of_neighbouring_blocks_are_run_by_one_command() -> None:
    made = planned(("yaml", TASKS), ("yaml+jinja", TASKS), ("console", "$ ansible localhost -m ping"), ("yaml", TASKS))
    assert [run.words for run in made.runs] == [
        ["ansible-playbook", "line-1.yml", "line-2.yml"],
        ["ansible", "localhost", "-m", "ping"],
        ["ansible-playbook", "line-4.yml"],
    ]
    assert "  tasks:\n    - name: Read\n" in made.files["line-1.yml"]
    assert made.problems == []


def test_a_file_that_a_command_of_the_page_runs_is_not_run_twice() -> None:
    blocks = [Block("p", 1, "yaml", TASKS, "site.yml"), Block("p", 2, "console", "$ ansible-playbook site.yml --check")]
    assert [run.words for run in plan(blocks, KNOWN).runs] == [["ansible-playbook", "site.yml", "--check"]]


def test_a_file_of_variables_has_those_of_a_role() -> None:
    command = Block("p", 2, "console", "$ ansible-playbook huaweicloud.backup.protect_volumes -e @plans.yml")
    good = Block("p", 1, "yaml", "protect_volumes_plans: []", "plans.yml")
    bad = Block("p", 1, "yaml", "protect_volumes_plan: []", "plans.yml")
    assert plan([good, command], KNOWN).problems == []
    assert plan([bad, command], KNOWN).problems == ["p:1: no role has all of these variables: protect_volumes_plan"]


def test_variables_of_a_role_are_run_with_its_playbook() -> None:
    (run,) = planned(("yaml", "protect_volumes_plans: []\n")).runs
    assert run.words == ["ansible-playbook", "huaweicloud.backup.protect_volumes", "-e", "@line-1.yml"]


def test_variables_go_with_the_commands_after_them_and_say_how_to_sign_in() -> None:
    text = "$ ansible localhost -m a\n$ export HW_ACCESS_KEY=... MY=1\n$ ansible localhost -m a\nlocalhost | SUCCESS"
    before, after = planned(("console", text)).runs
    assert (before.exports, before.signs_in_by_itself) == ({}, False)
    assert (after.exports, after.signs_in_by_itself) == ({"HW_ACCESS_KEY": "...", "MY": "1"}, True)
    assert after.shown == ["localhost | SUCCESS"]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("yaml", "a: [", "expected"),
        ("yaml", "other_role_plans: []", "neither plays, tasks"),
        ("yaml", "protect_volumes_plan: []", "neither plays, tasks"),
        ("yaml", "[]", "neither plays, tasks"),
        ("yaml", "collections:\n  - title: a\n", "no such requirement"),
        ("json", "{", "Expecting property name"),
        ("ini", "[a\n", "no section headers"),
        ("text", "a", "nothing checks a block of text"),
        ("", "a", "nothing checks a block of no language"),
        ("console", "make test", "without '$ '"),
        ("console", "$ make no-such-target", "no target no-such-target"),
        ("console", "$ curl http://127.0.0.1", "nothing checks the command curl"),
        ("console", "$ ansible localhost -m a | less", "only a shell"),
        ("console", "$ ansible 'a", "No closing quotation"),
        ("console", "$ export HW_ACES_KEY=1", "reads no variable HW_ACES_KEY"),
    ],
)
def test_each_kind_of_mistake_is_found(language: str, text: str, said: str) -> None:
    (problem,) = planned((language, text)).problems
    assert problem.startswith("page.rst:1: ")
    assert said in problem


def test_what_is_fine_is_no_mistake() -> None:
    made = planned(
        ("json", "{}"),
        ("ini", "[a]\nb = c\n"),
        ("yaml", "collections:\n  - name: a\n    type: git\n"),
        ("console", "$ git clone a\n$ make demo SIM_VOLUMES=3   # comment\n$ ansible-galaxy collection list"),
    )
    assert made.problems == []
    assert [(run.words[0], run.parse_only) for run in made.runs] == [("ansible-galaxy", True)]


def test_a_command_goes_on_after_a_backslash() -> None:
    (command,) = commands("$ ansible localhost \\\n    -m a\nout\n\n")
    assert (command.words, command.shown) == (["ansible", "localhost", "-m", "a"], ["out"])


def test_a_block_of_output_alone_is_refused() -> None:
    with pytest.raises(ConsoleError):
        commands("out\n$ ansible\n")


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        (["b"], None),
        (["a ... c", "d"], None),
        (["...", "d"], None),
        (["d", "b"], "b"),
        (["a"], "a"),
    ],
)
def test_what_is_shown_must_be_printed_in_that_order(shown: list[str], missing: str | None) -> None:
    assert missing_line(shown, "b\na 1 c\n  d\n") == missing


def test_the_tables_of_errors_are_those_of_the_modules() -> None:
    made = with_tables(f"Head\n{BEGIN}former")
    assert made.startswith(f"Head\n{BEGIN}\nFaults that pass\n^^^^")
    assert "former" not in made
    assert "   * - ``CSBS.9009`` with HTTP 403\n     - the account is not verified\n" in made
    assert with_tables(made) == made


def test_a_guide_to_errors_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        with_tables("Head\n")
