# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret in any usual spelling is taken out of a text (architecture.md, _http: redaction)."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._secrets import HIDDEN, Secrets

SECRET = 'a"b\\c <&> \u00e9+%'
SPELLINGS = {
    "plain": SECRET,
    "json": json.dumps(SECRET)[1:-1],
    "json in utf-8": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "repr": repr(SECRET)[1:-1],
    "html": html.escape(SECRET),
    "html text": html.escape(SECRET, quote=False),
    "a path": quote(SECRET),
    "a query": quote(SECRET, safe=""),
    "a form": quote_plus(SECRET),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_every_spelling_is_hidden_in_texts_and_bodies(spelling: str) -> None:
    secrets = Secrets(lambda _secret: None)
    secrets.add(SECRET)
    assert secrets.hide(f"x{spelling}y{spelling}") == f"x{HIDDEN}y{HIDDEN}"
    assert secrets.hide_bytes(f"x{spelling}y".encode()) == f"x{HIDDEN}y".encode()


def test_blanks_that_a_message_leaves_out_hide_nothing() -> None:
    secrets = Secrets(lambda _secret: None)
    secrets.add(" two  blanks ")
    assert secrets.hide("<two blanks>") == f"<{HIDDEN}>"
    assert secrets.hide("<two  blanks>") == f"<{HIDDEN}>"


def test_a_secret_that_holds_another_is_hidden_as_a_whole() -> None:
    secrets = Secrets(lambda _secret: None)
    secrets.add("abc")
    secrets.add("abc-def")
    assert secrets.hide("abc-def abc") == f"{HIDDEN} {HIDDEN}"


def test_ansible_is_told_of_each_once_and_of_nothing_empty() -> None:
    told: list[str] = []
    secrets = Secrets(told.append)
    for secret in ("abc", "", "abc", "x&y"):
        secrets.add(secret)
    assert sorted(told) == ["abc", "x%26y", "x&amp;y", "x&y"]
    assert secrets.hide("nothing") == "nothing"


def test_what_no_byte_stands_for_is_no_reason_to_fail() -> None:
    secrets = Secrets(lambda _secret: None)
    secrets.add("a\udcff")
    assert secrets.hide("a\udcff") == HIDDEN
    assert secrets.hide_bytes(b"abc") == b"abc"
