# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of others, made fit to be shown to people."""

from __future__ import annotations


def printable(text: str, limit: int) -> str:
    """At most so many characters, with a blank for what would move a cursor, hide text or forge a line of a log."""
    shown = "".join(character if character.isprintable() else " " for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."
