# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX's rules on surveys: each refuses what it is for, and the examples keep them all and fit the roles."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.huaweicloud.backup.tests.awx import surveys

ROOT = Path(__file__).parents[3]
AWX = ROOT / "examples" / "awx"
FILES = sorted((AWX / "job_templates").glob("*.yml"))
Document = dict[str, t.Any]

SURVEY = {
    "name": "A survey",
    "description": "",
    "spec": [
        {"question_name": "Name", "variable": "name", "type": "text", "required": True, "min": 1, "max": 4},
        {"question_name": "Note", "variable": "note", "type": "textarea", "required": False, "default": ""},
        {"question_name": "Days", "variable": "days", "type": "integer", "required": False, "min": 1, "max": 30},
        {"question_name": "Verdicts", "variable": "verdicts", "type": "multiselect", "required": False,
         "choices": ["stale", "failing"], "default": "stale\nfailing"},
        {"question_name": "Safe", "variable": "safe", "type": "multiplechoice", "required": True,
         "choices": "yes\nno", "default": "yes"},
    ],
}  # fmt: skip
TEMPLATE = {"survey_spec": SURVEY, "extra_vars": {"fixed": "{{ 1 }}"}}


def read(file: Path) -> Document:
    return t.cast("Document", yaml.safe_load(file.read_text(encoding="utf-8")))


def role_options(role: str) -> Document:
    return t.cast("Document", read(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]["main"])[
        "options"
    ]


def test_there_is_a_job_template_for_each_playbook_of_the_project() -> None:
    playbooks = {file.name for file in (AWX / "project").glob("*.yml")}
    assert {read(file)["playbook"] for file in FILES} == playbooks
    assert len(FILES) == len(playbooks) == 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_awx_takes_each_survey(file: Path) -> None:
    assert surveys.survey_problems(read(file)["survey_spec"]) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_question_sets_a_variable_that_is_read(file: Path) -> None:
    names = {question["variable"] for question in read(file)["survey_spec"]["spec"]}
    own = {name for name in names if name.startswith("survey_")}
    (play,) = yaml.safe_load((AWX / "project" / read(file)["playbook"]).read_text(encoding="utf-8"))
    assert play["ansible.builtin.import_playbook"] == f"huaweicloud.backup.{file.stem}"
    text = str(play.get("vars", ""))
    assert {name for name in own if name in text} == own
    assert names - own <= set(role_options(file.stem))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_variable_that_a_role_requires_is_asked_for_or_made(file: Path) -> None:
    required = {name for name, option in role_options(file.stem).items() if option.get("required")}
    (play,) = yaml.safe_load((AWX / "project" / read(file)["playbook"]).read_text(encoding="utf-8"))
    asked = {one["variable"] for one in read(file)["survey_spec"]["spec"] if one["required"]}
    assert required <= asked | set(play.get("vars", {}))


def test_a_good_survey_has_no_problem() -> None:
    assert surveys.survey_problems(SURVEY) == []


@pytest.mark.parametrize(
    ("question", "changes", "problem"),
    [
        (0, {"type": "string"}, "type 'string'"),
        (0, {"required": "yes"}, "required is missing or no bool"),
        (0, {"question_name": None}, "question_name is missing"),
        (0, {"variable": "note"}, "two questions"),
        (0, {"variable": "a-b"}, "no name of a variable"),
        (0, {"min": "1"}, "min is no whole number"),
        (0, {"default": "abcde"}, "above the most, 4"),
        (1, {"min": 1}, "unanswered: '' is below the least"),
        (1, {"default": 1}, "1 is not of the type textarea"),
        (2, {"default": "7"}, "'7' is not of the type integer"),
        (2, {"default": True}, "True is not of the type integer"),
        (2, {"default": 31}, "above the most, 30"),
        (3, {"default": "stale\ngone"}, "'gone' is none of the choices"),
        (3, {"choices": []}, "no choices"),
        (4, {"default": "maybe"}, "'maybe' is none of the choices"),
    ],
)
def test_each_rule_refuses_what_it_is_for(question: int, changes: Document, problem: str) -> None:
    survey = copy.deepcopy(SURVEY)
    t.cast("list[Document]", survey["spec"])[question].update(changes)
    assert any(problem in found for found in surveys.survey_problems(survey)), surveys.survey_problems(survey)


@pytest.mark.parametrize("changes", [{"description": None}, {"name": 1}, {"spec": []}, {"spec": {}}])
def test_a_survey_needs_a_name_a_description_and_questions(changes: Document) -> None:
    assert surveys.survey_problems({**SURVEY, **changes})


def test_what_nobody_answered_is_empty_only_where_it_is_a_text() -> None:
    assert surveys.unanswered(TEMPLATE) == {"note": ""}
    assert surveys.variables(TEMPLATE, {"name": "x"}) == {"fixed": "{{ 1 }}", "name": "x", "note": "", "safe": "yes"}


@pytest.mark.parametrize(
    "answers", [{}, {"name": ""}, {"name": "abcde"}, {"name": "x", "days": "7"}, {"name": "x", "verdicts": "stale"}]
)
def test_a_job_does_not_start_with_a_wrong_answer(answers: Document) -> None:
    with pytest.raises(ValueError, match=r"name|days|verdicts"):
        surveys.variables(TEMPLATE, answers)


def test_an_answer_is_never_a_template_and_what_the_job_template_says_may_be_one() -> None:
    values = surveys.variables(TEMPLATE, {"name": "{{ x", "days": 3, "verdicts": ["stale"]})
    text = surveys.extra_vars_file(values, TEMPLATE["extra_vars"])
    assert "fixed: '{{ 1 }}'" in text
    assert "!unsafe 'name': !unsafe '{{ x'" in text
    assert "- !unsafe 'stale'" in text
    assert "!unsafe 'days': 3" in text
