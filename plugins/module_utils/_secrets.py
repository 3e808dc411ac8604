# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a task's own secrets out of what servers say, before any of it is shortened or put into a message.

Ansible hides a secret from a result only where it stands there whole and as it was given. An error page may echo a
token of which the message shows but the beginning, or a password in another spelling.
"""

from __future__ import annotations

import html
import json
import typing as t
from urllib.parse import quote, quote_plus

HIDDEN = "********"


class Secrets:
    """What must never be seen.

    :param tell: called with each spelling of a secret, so that Ansible hides it from the result too.
    """

    def __init__(self, tell: t.Callable[[str], None]) -> None:
        self._tell = tell
        self._known: set[str] = set()
        self._spellings: list[str] = []

    def add(self, secret: str) -> None:
        """Hide this from now on."""
        if not secret or secret in self._known:
            return
        self._known.add(secret)
        found = _spellings(secret)
        for spelling in sorted(found):
            self._tell(spelling)
        # The longest first, because one may be part of another.
        self._spellings = sorted({*self._spellings, *found}, key=lambda spelling: (-len(spelling), spelling))

    def hide(self, text: str) -> str:
        """The text without any secret in it."""
        for spelling in self._spellings:
            text = text.replace(spelling, HIDDEN)
        return text

    def hide_bytes(self, content: bytes) -> bytes:
        """The same for a body of which nobody knows what it is."""
        for spelling in self._spellings:
            content = content.replace(spelling.encode("utf-8", "replace"), HIDDEN.encode())
        return content


def _spellings(secret: str) -> set[str]:
    """As it is, in JSON, in HTML, in an address, and as a message writes it."""
    plain = {secret, secret.strip(), " ".join(secret.split())} - {""}
    found = set(plain)
    for text in plain:
        found |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
        found |= {html.escape(text), html.escape(text, quote=False)}
        found |= {quote(text, safe="", errors="replace"), quote(text, errors="replace")}
        found.add(quote_plus(text, errors="replace"))
    return found
