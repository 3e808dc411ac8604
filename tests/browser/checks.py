# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page must do in a browser. Each check raises AssertionError with one line that says what it saw."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .devtools import Page
from .pages import HOSTILE, MANY, TURNED_SHOWN

Check = Callable[[Page, Path], None]

SHOWN = "Array.from(document.querySelectorAll('#volumes tbody tr')).filter((row) => row.offsetHeight > 0)"
NAMES = f"{SHOWN}.map((row) => row.cells[1].querySelector('bdi').textContent)"
ROWS = "document.querySelectorAll('#volumes tbody tr').length"
STATUS = "document.getElementById('status').textContent"
RANKS = {"Unprotected": 1, "Failing": 2, "Stale": 3, "Protected": 4}
CONTRAST = 4.5
"""What WCAG 2 asks of text on level AA."""

# Words of the page, a colour with transparency laid over what is behind it.
COLOURS = """Array.from(document.querySelectorAll(
  'h1, header p, h2, .v, .tiles span, td small, .failed, caption, th button, .zero, dd, footer p, #status, button'
)).map((element) => {
  const parse = (text) => text.match(/[0-9.]+/g).map(Number);
  let behind = element;
  while (parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [text, back] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
  return [element.className || element.tagName, parse(text), parse(back)];
})"""


def nothing_foreign_runs(page: Page, _file: Path) -> None:
    """No name became markup, a script, a dialog or a request, and the page's own policy complained of nothing."""
    requested = [event["request"]["url"] for event in page.happened("Network.requestWillBeSent")]
    foreign = [url for url in requested if not url.startswith(("file:", "data:"))]
    assert not foreign, f"the page asked for {foreign}"
    assert not page.happened("Page.javascriptDialogOpening"), "a name opened a dialog"
    said = page.happened("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
    assert not said, f"the browser complained: {said}"
    tags = page.js(
        "['script', 'style', 'svg.patterns', 'img, iframe, a, b, link:not([rel=icon])']"
        ".map((tag) => document.querySelectorAll(tag).length)"
    )
    assert tags == [1, 1, 1, 0], f"scripts, styles, patterns and others: {tags}"
    handlers = page.js(
        "Array.from(document.querySelectorAll('*')).flatMap((one) => one.getAttributeNames())"
        ".filter((name) => /^on|^style$/.test(name))"
    )
    assert not handlers, f"attributes that a name brought: {handlers}"


def names_are_shown(page: Page, _file: Path) -> None:
    """Each name is there letter for letter, and one that turns directions is shown as what it is."""
    names = page.js(NAMES)
    gone = HOSTILE[2]
    missing = [
        name for name in (*HOSTILE, TURNED_SHOWN, "without a name", "<b>new</b>") if name not in names and name != gone
    ]
    assert not missing, f"not shown as they are: {missing}"
    assert gone not in names, "a volume that is gone is among those that are there"
    assert page.js("document.title") == HOSTILE[0], "the title is another"
    listed = page.js(
        "Array.from(document.querySelectorAll('.changes li')).map((item) => item.querySelector('bdi').textContent)"
    )
    assert sorted(listed) == sorted([HOSTILE[1], gone, "<b>new</b>"]), f"listed as changed: {listed}"


def policy_holds(page: Page, _file: Path) -> None:
    """The page's policy lets no script, style or request in that is not its own."""
    page.js("""(() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<p id="styled" style="color: rgb(1, 2, 3)">x</p><img src="http://192.0.2.1/x">');
    })()""")
    assert page.js("window.intruder === undefined"), "a script ran that is not the page's"
    assert page.js("getComputedStyle(document.getElementById('styled')).color !== 'rgb(1, 2, 3)'"), (
        "a foreign style was applied"
    )
    refused = page.js("fetch('http://192.0.2.1/x').then(() => 'sent', (error) => 'refused')")
    assert refused == "refused", "a request was sent"
    blocked = [event for event in page.happened("Network.loadingFailed") if event.get("blockedReason") == "csp"]
    assert blocked, "what was blocked was not blocked by the policy"


def sorting_works(page: Page, _file: Path) -> None:
    """Each column sorts both ways, by mouse and keyboard, and says so."""
    ranks = page.js(f"{SHOWN}.map((row) => row.cells[0].textContent)")
    numbers = [RANKS[rank] for rank in ranks]
    assert numbers == sorted(numbers), "the worst does not come first"
    # By keyboard: from the field of the filter the verdicts' buttons and then the columns' are next.
    page.js("document.querySelectorAll('#volumes th button')[2].focus()")
    page.key("Enter", 13, "\r")
    _sorted(page, 2, "ascending")
    page.key(" ", 32, " ")
    _sorted(page, 2, "descending")
    page.js("document.querySelectorAll('#volumes th button')[3].click()")
    _sorted(page, 3, "ascending")
    page.js("document.querySelectorAll('#volumes th button')[1].click()")
    names = page.js(f"{NAMES}.filter((name) => name.startsWith('fleet-'))")
    assert names == sorted(names), "names are in another order"
    assert page.js("Array.from(document.querySelectorAll('#volumes th[aria-sort]')).length") == 1, (
        "two columns say that they sort"
    )


def _sorted(page: Page, column: int, direction: str) -> None:
    said = page.js(f"document.querySelectorAll('#volumes th')[{column}].getAttribute('aria-sort')")
    assert said == direction, f"column {column} says {said}, not {direction}"
    values = [float(text) for text in page.js(f"{SHOWN}.map((row) => row.cells[{column}].dataset.v)")]
    assert values == sorted(values, reverse=direction == "descending"), f"column {column} is not {direction}"
    assert len(set(values)) > 1, f"column {column} has nothing to sort"


def filtering_works(page: Page, _file: Path) -> None:
    """Text and verdict narrow the list together, the count is told, and nothing found is told too."""
    page.js("document.getElementById('text').focus()")
    page.write("ONERROR img")
    assert page.js(NAMES) == [HOSTILE[1]], f"found {page.js(NAMES)}"
    assert page.js(STATUS).startswith("1 of "), "the count is another"
    page.write(" nothing like this")
    assert page.js("document.getElementById('none').offsetHeight") > 0, "nothing says that nothing was found"
    assert page.js(NAMES) == [], "rows are left"
    page.js("document.getElementById('text').select()")
    page.key("Delete", 46)
    page.js("document.querySelector('#verdicts [data-verdict=stale]').click()")
    assert page.js(f"{SHOWN}.map((row) => row.cells[0].textContent)") == ["Stale"] * 3, (
        "not just the stale ones are shown"
    )
    assert page.js("Array.from(document.querySelectorAll('#verdicts [aria-pressed=true]')).length") == 1, (
        "two buttons are pressed"
    )
    page.js("document.querySelector('#verdicts [data-verdict=\"\"]').click()")
    assert len(page.js(NAMES)) > 60, "not all are shown again"


def fits_a_phone(page: Page, _file: Path) -> None:
    """At the width of a phone, and of a small one, nothing has to be moved sideways."""
    for width in (360, 320):
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=740, deviceScaleFactor=2, mobile=True)
        wide = page.js("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} wide where {width} is to be had"
        cut = page.js(
            "Array.from(document.querySelectorAll('.wide, #volumes td'))"
            ".filter((one) => one.scrollWidth > one.clientWidth + 1).length"
        )
        assert cut == 0, f"{cut} parts are cut off at a width of {width}"
    page.call("Emulation.clearDeviceMetricsOverride")


def contrast_is_enough(page: Page, _file: Path) -> None:
    """Words can be told from what is behind them, in light and in dark."""
    backgrounds = []
    for scheme in ("light", "dark"):
        _media(page, scheme=scheme)
        seen = page.js(COLOURS)
        assert len(seen) > 100, "too few words were looked at"
        faint = sorted(
            {f"{name} {_ratio(text, behind):.2f}" for name, text, behind in seen if _ratio(text, behind) < CONTRAST}
        )
        assert not faint, f"in {scheme}, a contrast under {CONTRAST}: {faint}"
        backgrounds.append(page.js("getComputedStyle(document.body).backgroundColor"))
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"], f"light and dark are {backgrounds}"
    _media(page)


def _ratio(one: Sequence[float], other: Sequence[float]) -> float:
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: Sequence[float]) -> float:
    parts = [part / 255 for part in colour[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def prints_well(page: Page, file: Path) -> None:
    """On paper it is light even for those who like it dark, and has no tools."""
    _media(page, media="print", scheme="dark")
    assert page.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is not white"
    assert page.js("document.getElementById('tools').offsetHeight") == 0, "the tools are printed"
    assert page.js("getComputedStyle(document.querySelector('#volumes thead')).display") == "table-header-group", (
        "heads do not repeat"
    )
    _media(page)
    document = base64.b64decode(page.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
    assert document.startswith(b"%PDF-"), "no PDF came out"
    file.with_suffix(".pdf").write_bytes(document)


def is_whole_without_script(page: Page, file: Path) -> None:
    """Without JavaScript each row is there, and no tool that would do nothing."""
    rows = int(page.js(STATUS).split(" of ")[1].split()[0].replace(",", ""))
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(file.as_uri())
        there = page.js(ROWS)
        tools = page.js(
            "document.querySelectorAll('#volumes button, #tools:not([hidden]), #more:not([hidden])').length"
        )
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert there == rows, f"{there} of {rows} rows are there without a script"
    assert tools == 0, f"{tools} tools are there without a script"


def is_told_to_those_who_listen(page: Page, _file: Path) -> None:
    """What a screen reader is told: tables with their heads, rows and cells, whatever the layout."""
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    rows = page.js("document.querySelectorAll('tr').length")
    found = {
        role: roles.count(role) for role in ("main", "table", "row", "columnheader", "heading", "searchbox", "status")
    }
    assert found["table"] == 2, f"two tables are wanted: {found}"
    assert found["row"] == rows, f"{rows} rows are wanted: {found}"
    assert found["columnheader"] == 13, f"13 heads of columns are wanted: {found}"
    assert min(found.values()) > 0, f"something is missing: {found}"
    assert page.js("document.documentElement.lang") == "en", "no language is told"
    levels = page.js("Array.from(document.querySelectorAll('h1, h2, h3')).map((head) => Number(head.tagName[1]))")
    assert levels[0] == 1, "the first heading is not the page's"
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (
        f"headings leave a level out: {levels}"
    )


def stays_quick_when_large(page: Page, file: Path) -> None:
    """Ten thousand rows are there, sort, filter and print; how long that takes is told, not judged."""
    assert len(page.js(NAMES)) == 500, "not the first 500 are shown"
    assert page.js(STATUS) == "10,000 of 10,000 volumes found, the first 500 shown"
    page.js("document.getElementById('more').click()")
    assert len(page.js(NAMES)) == 1000, "no more are shown on demand"
    page.js("window.dispatchEvent(new Event('beforeprint'))")
    assert page.js(ROWS) == MANY, "not all are printed"
    page.js("window.dispatchEvent(new Event('afterprint'))")
    assert page.js(ROWS) == 1000, "after printing others are shown"
    times = page.js(TIMES)
    assert page.js(STATUS) == "500 of 10,000 volumes found"
    said = ", ".join(f"{name} {value:.0f} ms" for name, value in times.items())
    file.with_suffix(".times").write_text(said, encoding="utf-8")


# Each time is that until the next picture is drawn.
TIMES = """(async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const time = async (act) => {
    await drawn();
    const start = performance.now();
    act();
    await drawn();
    return performance.now() - start;
  };
  const heads = document.querySelectorAll('#volumes th button');
  const text = document.getElementById('text');
  const times = {};
  times['sort by name'] = await time(() => heads[1].click());
  times['sort by age'] = await time(() => heads[3].click());
  const find = (words) => { text.value = words; text.dispatchEvent(new Event('input')); };
  times['find a text'] = await time(() => find('fleet-0001'));
  times['find all'] = await time(() => find(''));
  times['only stale'] = await time(() => document.querySelector('#verdicts [data-verdict=stale]').click());
  return times;
})()"""


def _media(page: Page, *, media: str = "", scheme: str = "") -> None:
    features: list[dict[str, Any]] = [{"name": "prefers-color-scheme", "value": scheme}] if scheme else []
    page.call("Emulation.setEmulatedMedia", media=media, features=features)


SMALL: tuple[Check, ...] = (
    nothing_foreign_runs,
    names_are_shown,
    sorting_works,
    filtering_works,
    fits_a_phone,
    contrast_is_enough,
    prints_well,
    is_whole_without_script,
    is_told_to_those_who_listen,
    policy_holds,
)
LARGE: tuple[Check, ...] = (nothing_foreign_runs, is_whole_without_script, stays_quick_when_large)
