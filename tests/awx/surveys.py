# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Surveys: what AWX refuses in one, and which variables a job gets from its answers.

The rules are those of AWX's JobTemplateSurveySpec (awx/api/views) and SurveyJobTemplateMixin (awx/main/models).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .rules import NAME, Document

TYPES: dict[str, Any] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (int, float),
}
TEXTS = ("text", "textarea", "password")
CHOICES = ("multiplechoice", "multiselect")
QUESTION: dict[str, type] = {"type": str, "question_name": str, "variable": str, "required": bool}


def survey_problems(survey: Document) -> list[str]:
    """Return what AWX would refuse in a survey, or could not ask; nothing for a survey that works."""
    problems = [
        f"{key} is missing or no text" for key in ("name", "description") if not isinstance(survey.get(key), str)
    ]
    questions = survey.get("spec")
    if not isinstance(questions, list) or not questions:
        return [*problems, "spec is no list of questions"]
    names = [question.get("variable") for question in questions]
    problems += [f"{name}: two questions set this variable" for name in sorted(set(names)) if names.count(name) > 1]
    return problems + [f"{one.get('variable')}: {problem}" for one in questions for problem in _question_problems(one)]


def _question_problems(question: Document) -> Iterator[str]:
    for key, kind in QUESTION.items():
        if not isinstance(question.get(key), kind):
            yield f"{key} is missing or no {kind.__name__}"
    if question.get("type") not in TYPES:
        yield f"the type {question.get('type')!r} is none of {', '.join(TYPES)}"
        return
    if not NAME.match(str(question.get("variable"))):
        yield "this is no name of a variable"
    for key in ("min", "max"):
        if not isinstance(question.get(key), (int, type(None))):
            yield f"{key} is no whole number"
    if question["type"] in CHOICES and not choices(question):
        yield "it has no choices"
    default = question.get("default")
    if default not in (None, ""):
        # The form takes the lines of a text for what is chosen at first.
        chosen = default.splitlines() if question["type"] == "multiselect" else default
        yield from (f"its default: {problem}" for problem in answer_problems(question, chosen))
    if question["type"] in TEXTS and not question.get("required"):
        # AWX's form sends an empty text for it, which is then measured like any other answer.
        yield from (f"unanswered: {problem}" for problem in answer_problems(question, ""))


def choices(question: Document) -> list[str]:
    """Return what can be chosen: a list, or a text with a line for each."""
    given = question.get("choices") or []
    return [line for line in (given.splitlines() if isinstance(given, str) else given) if line.strip()]


def answer_problems(question: Document, answer: Any) -> Iterator[str]:
    """Yield why AWX does not take ``answer``: its type, its size, or that it is none of the choices."""
    kind = question["type"]
    if kind in CHOICES:
        several = answer if kind == "multiselect" else [answer]
        if not isinstance(several, list):
            yield f"{answer!r} is no list"
            return
        yield from (f"{one!r} is none of the choices" for one in several if one not in choices(question))
        return
    if isinstance(answer, bool) or not isinstance(answer, TYPES[kind]):
        yield f"{answer!r} is not of the type {kind}"
        return
    size = len(answer) if isinstance(answer, str) else answer
    if isinstance(question.get("min"), int) and size < question["min"]:
        yield f"{answer!r} is below the least, {question['min']}"
    if isinstance(question.get("max"), int) and size > question["max"]:
        yield f"{answer!r} is above the most, {question['max']}"


def variables(template: Document, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables of a job of ``template`` that was started with ``answers``.

    :raises ValueError: AWX would not start the job.
    """
    result = dict(template.get("extra_vars", {}))
    for question in template["survey_spec"]["spec"]:
        name = question["variable"]
        answer = answers.get(name, question.get("default"))
        problems = list(answer_problems(question, answer)) if answer is not None else []
        if name in answers and problems:
            raise ValueError(f"{name}: {problems[0]}")
        if answer is None or problems:
            # A default that is no valid answer, such as "" of a number or a text of a list, is left out without a word.
            if question["required"]:
                raise ValueError(f"{name}: value missing")
            continue
        result[name] = answer
    return result


def unanswered(template: Document) -> dict[str, str]:
    """Return what AWX's form sends for the questions that nobody needs to answer: an empty text where it may."""
    spec = template["survey_spec"]["spec"]
    return {one["variable"]: "" for one in spec if not one["required"] and one["type"] in TEXTS}


class _Unsafe(yaml.SafeDumper):
    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def extra_vars_file(values: Mapping[str, Any], trusted: Mapping[str, Any]) -> str:
    """Return the file of extra variables: an answer is never a template, what the job template says may be one."""
    lines = []
    for name, value in values.items():
        safe = name in trusted and trusted[name] == value
        lines.append(yaml.dump({name: value}, Dumper=yaml.SafeDumper if safe else _Unsafe, default_flow_style=False))
    return "".join(lines)
