# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import signal
import sys

from . import server
from .settings import BadSettingError, from_environ
from .sim import Simulator

WHAT = {"huawei": "Huawei Cloud's IAM, EVS, VBS and CSBS", "openstack": "a plain OpenStack's Keystone and Cinder"}


def _announce(url: str, flavor: str) -> None:
    """Tell the shell, then the people; flushed at once, for a script waits for it."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in server.environ(url, flavor).items()]
    lines += [
        "",
        f"# A stand-in for {WHAT[flavor]}; nothing it says is real.",
        f"# Control API: {url}/_sim (see tests/simulator/README.md)",
        f"# To stop it: Ctrl-C, or kill {os.getpid()}",
    ]
    print("\n".join(lines), flush=True)


async def _run(sim: Simulator, port: int) -> None:
    running = server.make(sim, sock := server.listen(port))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        running.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    serving = asyncio.create_task(running.serve(sockets=[sock]))
    while not running.started and not serving.done():
        await asyncio.sleep(0.01)
    _announce(sim.base_url, sim.settings.flavor)
    await serving


def main() -> int:
    """Run until a signal comes; a port in use or a bad setting is one line on standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    try:
        wanted = from_environ(os.environ)
    except BadSettingError as bad:
        print(f"simulator: {bad}", file=sys.stderr)
        return 2
    try:
        asyncio.run(_run(Simulator(wanted.settings, wanted.volumes), wanted.port))
    except OSError as taken:
        print(f"simulator: cannot listen on port {wanted.port}: {taken.strerror}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
