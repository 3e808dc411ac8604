# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small client of Chromium's DevTools protocol: one browser, its messages on two pipes, one page at a time.

Messages are JSON ended by a zero byte; https://chromedevtools.github.io/devtools-protocol/ documents them.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
ANSWER_SECONDS = 120.0
STOP_SECONDS = 10.0

# The browser wants its two pipes at 3 and 4, where Python's own would be in the way of each other.
LAUNCHER = (
    "import os, sys; r, w = map(int, sys.argv[1:3]); os.dup2(r, 3); os.dup2(w, 4); os.execv(sys.argv[3], sys.argv[3:])"
)
LOWEST = 10

Answer = dict[str, Any]


class BrowserError(Exception):
    """The browser did not do what it was asked."""


def find_browser() -> str | None:
    """Return the path of a browser that this client can drive, if there is one."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """A page of the browser, and what happened in it."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._rest = b""
        self._number = 0
        self._session = ""
        self.events: list[Answer] = []

    def attach(self) -> None:
        """Open a page and listen to all that it may do."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Answer:
        """Return the answer to one call; what happened meanwhile goes to ``events``."""
        self._number += 1
        message: Answer = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                break
            self._note(answer)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        result: Answer = answer["result"]
        return result

    def open(self, address: str) -> None:
        """Load ``address`` and wait until it is there."""
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._note(self._next())

    def js(self, expression: str) -> Any:
        """Return what ``expression`` is in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(
                f"{expression[:80]}: {answer['exceptionDetails'].get('exception', {}).get('description')}"
            )
        return answer["result"].get("value")

    def key(self, key: str, code: int, text: str = "") -> None:
        """Press a key as a person does."""
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def write(self, text: str) -> None:
        """Write into whatever has the focus."""
        self.call("Input.insertText", text=text)

    def happened(self, *methods: str) -> list[Answer]:
        """Return what was heard of these kinds since the page was opened."""
        return [event["params"] for event in self.events if event["method"] in methods]

    def _note(self, event: Answer) -> None:
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":
            # Left open, it would hold back every answer.
            message = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
            os.write(self._write, json.dumps({**message, "sessionId": self._session}).encode() + b"\0")

    def _next(self) -> Answer:
        end = time.monotonic() + ANSWER_SECONDS
        while b"\0" not in self._rest:
            ready, _writable, _failed = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            got = os.read(self._read, 1 << 20) if ready else b""
            if not got:
                raise BrowserError(
                    "the browser ended; browser.log says why" if ready else f"no answer within {ANSWER_SECONDS:.0f} s"
                )
            self._rest += got
        message, self._rest = self._rest.split(b"\0", 1)
        answer: Answer = json.loads(message)
        return answer


@contextmanager
def browser(program: str, log: Path) -> Iterator[Page]:
    """Run ``program`` with an empty profile while the block runs; what it says goes to ``log``."""
    ours_read, theirs_write = os.pipe()
    theirs_read, ours_write = os.pipe()
    ends = [_high(end) for end in (theirs_read, theirs_write)]
    with tempfile.TemporaryDirectory(prefix="browser-") as profile, log.open("w", encoding="utf-8") as output:
        command = [sys.executable, "-c", LAUNCHER, *map(str, ends), program, *FLAGS, f"--user-data-dir={profile}"]
        environment = {"HOME": profile, "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=ends, env=environment
        ) as process:
            for end in ends:
                os.close(end)
            try:
                page = Page(ours_read, ours_write)
                page.attach()
                yield page
            finally:
                # It ends, with all that it started, when nobody listens any more.
                os.close(ours_write)
                os.close(ours_read)
                _stop(process)


def _high(end: int) -> int:
    high = fcntl.fcntl(end, fcntl.F_DUPFD, LOWEST)
    os.close(end)
    return high


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
