# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is taken out of one answer: a list, an object, a text, the ID of what was made."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import (
    created_id,
    object_of,
    rows_of,
    text_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, LostAnswerError


def answer(body: t.Any) -> Answer:
    return Answer(200, body, {}, None, None)


def test_a_list_may_be_optional_but_not_of_another_type() -> None:
    assert rows_of(answer({}), "things", "w", optional=True) == []
    assert rows_of(answer({"things": None}), "things", "w", optional=True) == []
    with pytest.raises(AnswerError):
        rows_of(answer({"things": {}}), "things", "w", optional=True)


@pytest.mark.parametrize("body", [None, {}, {"thing": None}, {"thing": []}, {"thing": "x"}])
def test_a_missing_object_is_an_error(body: t.Any) -> None:
    assert object_of(answer({"thing": {"id": "a"}}), "thing", "w") == {"id": "a"}
    with pytest.raises(AnswerError, match="no object 'thing'"):
        object_of(answer(body), "thing", "w")


@pytest.mark.parametrize("row", [None, {}, {"id": None}, {"id": ""}, {"id": 7}, {"id": {}}])
def test_a_creating_call_that_does_not_say_what_it_made_is_a_lost_answer(row: t.Any) -> None:
    assert created_id({"id": "a"}, "id", "create") == "a"
    with pytest.raises(LostAnswerError, match="create: the answer has no 'id'"):
        created_id(row, "id", "create")
    with pytest.raises(AnswerError):
        text_of(row or {}, "id", "w")
