# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._text import printable


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\r", "\n", "\t", "\u202e", "\u2028", "\ud800"])
def test_what_could_move_a_cursor_or_forge_a_line_becomes_a_blank(character: str) -> None:
    assert printable(f"a{character}b", 10) == "a b"


def test_letters_of_any_script_stay() -> None:
    assert printable("zürich 备份 💾", 20) == "zürich 备份 💾"


@pytest.mark.parametrize(("text", "shown"), [("", ""), ("abc", "abc"), ("abcd", "abc..."), ("abc\n", "abc...")])
def test_what_is_longer_than_the_limit_is_cut(text: str, shown: str) -> None:
    assert printable(text, 3) == shown
