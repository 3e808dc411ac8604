/* Copyright (c) 2026, huaweicloud.backup contributors
   GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
   SPDX-License-Identifier: GPL-3.0-or-later
*/

"use strict";
(() => {
  const table = document.getElementById("volumes");
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const text = document.getElementById("text");
  const status = document.getElementById("status");
  const none = document.getElementById("none");
  const buttons = Array.from(document.querySelectorAll("#verdicts button"));
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const more = document.getElementById("more");
  const STEP = 500;
  let limit = STEP;
  const rows = Array.from(body.rows, (row) => ({
    row,
    verdict: row.className,
    text: row.textContent.toLowerCase(),
    // A name alone, without the ID below it.
    keys: Array.from(row.cells, (cell) => cell.dataset.v === undefined ? cell.querySelector("bdi")?.textContent ?? "" : Number(cell.dataset.v)),
  }));

  // A browser is slow with ten thousand rows in a table, not with as many in a list: those beyond the limit stay out of it.
  function show(all) {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = buttons.find((button) => button.getAttribute("aria-pressed") === "true").dataset.verdict;
    const found = rows.filter((one) => (!verdict || one.verdict === verdict) && words.every((word) => one.text.includes(word)));
    const shown = all ? found : found.slice(0, limit);
    body.replaceChildren(...shown.map((one) => one.row));
    none.hidden = found.length > 0;
    more.hidden = shown.length === found.length;
    const [part, sum, of] = [shown.length, found.length, rows.length].map((number) => number.toLocaleString("en"));
    status.textContent = `${sum} of ${of} volumes found` + (part === sum ? "" : `, the first ${part} shown`);
  }

  function filter() {
    limit = STEP;
    show();
  }

  function compare(one, other) {
    if (typeof one === "string") return (one === "") - (other === "") || order.compare(one, other);
    return one === other ? 0 : one < other ? -1 : 1;
  }

  function sort(column) {
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const sign = down ? -1 : 1;
    rows.sort((one, other) => sign * compare(one.keys[column], other.keys[column]));
    filter();
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  heads[0].setAttribute("aria-sort", "ascending");
  buttons.forEach((button) => button.addEventListener("click", () => {
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    filter();
  }));
  text.addEventListener("input", filter);
  more.addEventListener("click", () => {
    limit += STEP;
    show();
  });
  window.addEventListener("beforeprint", () => show(true));
  window.addEventListener("afterprint", () => show());
  document.getElementById("tools").hidden = false;
  filter();
})();
