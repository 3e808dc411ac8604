# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be seen of the role without running it; ``make browser`` and the integration target run it."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import jinja2
import pytest
import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles" / "coverage_report"
OUTPUT = re.compile(r"{{(.*?)}}", re.DOTALL)
MACROS = "ago|bar|base64|count|moment|more|name_of|names|verdict_of"
SAFE = re.compile(rf"\| e *$|^ (style|script|badge) $|^ ({MACROS})\(.*\) $|^ ?'[^']*' if [^']*(else '[^']*')? $")
"""Escaped; one of the two constant files; what a macro has escaped; or one of two constant texts."""


def unescaped(template: str) -> list[str]:
    return [found.strip() for found in OUTPUT.findall(template) if not SAFE.search(found)]


@pytest.mark.parametrize("name", ["page.html.j2", "macros.html.j2"])
def test_whatever_the_page_puts_out_is_escaped(name: str) -> None:
    template = (ROLE / "templates" / name).read_text(encoding="utf-8")
    assert len(OUTPUT.findall(template)) > 20
    assert unescaped(template) == []


def test_what_is_not_escaped_would_be_found() -> None:
    assert unescaped("{{ row.name }}{{ row.name | e }}{{ name_of(row.name) }}{{ row.name | e | upper }}") == [
        "row.name",
        "row.name | e | upper",
    ]


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_the_hash_of_the_policy_is_the_one_that_browsers_count(name: str) -> None:
    text = (ROLE / "files" / name).read_text(encoding="utf-8").rstrip()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(ROLE / "templates"), trim_blocks=True)  # noqa: S701
    environment.filters["hash"] = lambda value, kind: hashlib.new(kind, value.encode()).hexdigest()
    environment.filters["regex_replace"] = re.sub
    shown = environment.from_string("{% from 'macros.html.j2' import base64 %}{{ base64(text) }}").render(text=text)
    assert shown.strip() == base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_a_constant_file_cannot_end_the_element_that_holds_it(name: str) -> None:
    assert "</" not in (ROLE / "files" / name).read_text(encoding="utf-8")


def test_defaults_are_those_that_are_documented() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    assert {name: spec["default"] for name, spec in options.items() if "default" in spec} == defaults
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    assert [name for name in options if f"| `{name}` |" not in readme] == []
