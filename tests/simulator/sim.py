# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import seed
from .auth import Gatekeeper
from .clock import Clock, Timeline
from .faults import Faults
from .log import RequestLog
from .settings import Settings, changed
from .throttle import Throttle


class Simulator:
    """All that one running simulator knows; used by one event loop only, so nothing here needs a lock."""

    def __init__(self, settings: Settings, volumes: int, clock: Clock | None = None) -> None:
        self.settings = settings
        self.volumes = volumes
        self.base_url = ""
        self.clock = clock or Clock()
        self.clock.offset = settings.clock_offset_seconds
        self.timeline = Timeline(self.clock)
        self.gatekeeper = Gatekeeper(self.clock)
        self.faults = Faults()
        self.log = RequestLog(settings.log_size)
        self.throttle = Throttle(self.clock)
        self.store = seed.seeded(settings, volumes, self.clock.now())
        self._initial = settings

    def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Switch settings while running; raises BadSettingError and then changes nothing."""
        self.settings = changed(self.settings, changes)
        self.clock.offset = self.settings.clock_offset_seconds
        seed.place_default_policy(self.store, self.settings, self.clock.now())

    def reset(self, changes: Mapping[str, Any], volumes: int | None, *, keep_tokens: bool) -> None:
        """Back to the start: settings, objects, faults, request log, locks and (unless kept) tokens."""
        settings = changed(self._initial, changes)
        self.settings = settings
        self.clock.offset = settings.clock_offset_seconds
        self.timeline.clear()
        self.faults = Faults()
        self.log.clear()
        self.throttle = Throttle(self.clock)
        self.gatekeeper.forget_failures()
        if not keep_tokens:
            self.gatekeeper.tokens.clear()
        count = self.volumes if volumes is None else volumes
        self.store = seed.seeded(settings, count, self.clock.now())
