# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at the coverage report in a real browser: ``make browser``.

Without a browser nothing is tested, which counts as skipped and is said. Pictures and a PDF are left in build/browser,
for a person to look at.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import paths
from tools.environment import prepare
from tools.outcome import Outcome, StageError, forget, save
from tools.process import end_on_signals
from tools.simulator_process import simulator
from tools.stage_tree import stage as stage_tree

from .checks import LARGE, SMALL, Check
from .devtools import PROGRAMS, BrowserError, Page, browser, find_browser
from .pages import empty, make_estate, make_large

PLACE = paths.BUILD / "browser"
VIEWS = (("light", 1200, 1700), ("dark", 1200, 1700), ("phone", 360, 2400))


def main() -> int:
    """Make the pages, look at them, and return 0 when all is as it should be, or there is no browser."""
    end_on_signals()
    prepare()
    forget("browser")
    outcome = Outcome("browser")
    start = time.monotonic()
    program = find_browser()
    if program is None:
        why = f"skipped: there is no {', '.join(PROGRAMS)}; on Debian and Ubuntu, install the package chromium"
        outcome.add(skipped=len({*SMALL, *LARGE}), notes=[why])
    else:
        try:
            look(outcome, program)
        except (BrowserError, OSError, StageError, subprocess.SubprocessError) as problem:
            outcome.fail(str(problem))
    outcome.seconds = round(time.monotonic() - start, 1)
    save(outcome)
    for note in outcome.notes:
        print(f"browser: {note}")
    print(
        f"browser: {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped in {outcome.seconds} s"
    )
    return int(bool(outcome.failed))


def look(outcome: Outcome, program: str) -> None:
    """Make both pages and run all checks on them."""
    stage_tree()
    with simulator({"SIM_JOB_SECONDS": "1"}, name="simulator-browser") as running:
        small = make_estate(running, empty(PLACE / "small"))
        large = make_large(running, empty(PLACE / "large"))
    with browser(program, PLACE / "browser.log") as page:
        run_checks(outcome, page, small, SMALL)
        for name, width, height in VIEWS:
            take_picture(page, small, name, width, height)
        run_checks(outcome, page, large, LARGE)
        take_picture(page, large, "large", 1200, 1700)
    outcome.add(notes=[f"{large.stat().st_size // 1024} KiB of page: {large.with_suffix('.times').read_text('utf-8')}"])
    outcome.add(notes=[f"pictures to look at: {PLACE.relative_to(paths.CHECKOUT)}"])


def run_checks(outcome: Outcome, page: Page, file: Path, checks: Sequence[Check]) -> None:
    """Run each check on a page that was opened anew."""
    for check in checks:
        name = f"{check.__name__} ({file.parent.name})"
        page.open(file.as_uri())
        try:
            check(page, file)
        except (AssertionError, BrowserError) as problem:
            outcome.fail(f"{name}: {problem}")
        else:
            outcome.add(passed=1)
        print(f"+ {name}", flush=True)


def take_picture(page: Page, file: Path, name: str, width: int, height: int) -> None:
    """Leave a picture of the page, as it is in light or dark, at a width."""
    scheme = "dark" if name == "dark" else "light"
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
    page.open(file.as_uri())
    (PLACE / f"{name}.png").write_bytes(base64.b64decode(page.call("Page.captureScreenshot")["data"]))
    page.call("Emulation.clearDeviceMetricsOverride")


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
