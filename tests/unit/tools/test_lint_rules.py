# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.lint_imports import import_problems, imports, objection
from ansible_collections.huaweicloud.backup.tests.tools.lint_shape import shape_problems


def write(tree, name: str, text: str) -> None:
    file = tree / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("module", ["json", "ansible.module_utils.basic", "collections.abc"])
def test_what_every_user_has_may_be_imported(module: str) -> None:
    assert not objection(module, guarded=False)


@pytest.mark.parametrize("module", ["requests", "urllib3.util.retry", "yaml"])
def test_a_library_that_may_be_missing_needs_a_guard(module: str) -> None:
    assert objection(module, guarded=False)
    assert not objection(module, guarded=True)


@pytest.mark.parametrize("module", ["fastapi", "huaweicloudsdkcore.signer", "ansible_collections.community.general"])
def test_nothing_else_may_be_imported(module: str) -> None:
    assert objection(module, guarded=True)


SOURCE = """\
import json, requests
from . import sibling
try:
    import yaml
except ImportError:
    yaml = None
if t.TYPE_CHECKING:
    from requests import Session
def late():
    import urllib3
"""


def test_guards_are_seen_at_any_depth() -> None:
    assert imports(SOURCE) == [
        (1, "json", False),
        (1, "requests", False),
        (4, "yaml", True),
        (8, "requests", True),
        (10, "urllib3", False),
    ]


def test_a_bad_import_is_reported_with_its_place(tmp_path) -> None:
    write(tmp_path, "plugins/module_utils/_a.py", "import json\nimport boto3\n")
    (problem,) = import_problems(tmp_path)
    assert problem.startswith("plugins/module_utils/_a.py:2: boto3")


def function(lines: int) -> str:
    return "def long():\n" + "    pass\n" * (lines - 1)


def test_a_function_of_forty_lines_is_the_longest(tmp_path) -> None:
    write(tmp_path, "plugins/module_utils/_a.py", function(40))
    assert shape_problems(tmp_path) == []
    write(tmp_path, "plugins/module_utils/_a.py", "\n" + function(41))
    (problem,) = shape_problems(tmp_path)
    assert problem.startswith("plugins/module_utils/_a.py:2: long() has 41 lines")


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("plugins/modules/a.py", 350),
        ("tests/simulator/a.py", 300),
        ("tests/unit/plugins/modules/test_a.py", 300),
        ("plugins/output/a.py", 300),
    ],
)
def test_a_file_has_its_longest_length(tmp_path, name: str, most: int) -> None:
    write(tmp_path, name, "\n" * most)
    assert shape_problems(tmp_path) == []
    write(tmp_path, name, "\n" * (most + 1))
    (problem,) = shape_problems(tmp_path)
    assert problem.startswith(name)


def test_a_checkout_below_a_directory_of_this_name_is_looked_at_but_what_a_run_left_is_not(tmp_path) -> None:
    tree = tmp_path / "output"
    write(tree, "tests/output/a.py", "\n" * 301)
    assert shape_problems(tree) == []
    write(tree, "plugins/module_utils/_a.py", "\n" * 301)
    assert shape_problems(tree) == ["plugins/module_utils/_a.py: 301 lines, 300 at most"]
