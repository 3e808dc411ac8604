/* Copyright: (c) 2026, huaweicloud.backup contributors
   GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
   SPDX-License-Identifier: GPL-3.0-or-later */

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
  let rows = Array.from(body.rows, (row) => ({
    row,
    verdict: row.className,
    text: row.textContent.toLowerCase(),
    keys: Array.from(row.cells, (cell) => cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v)),
  }));

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = buttons.find((button) => button.getAttribute("aria-pressed") === "true").dataset.verdict;
    let shown = 0;
    for (const one of rows) {
      const fits = (!verdict || one.verdict === verdict) && words.every((word) => one.text.includes(word));
      if (one.row.hidden === fits) one.row.hidden = !fits;
      shown += fits;
    }
    none.hidden = shown > 0;
    status.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} volumes shown`;
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
    const sorted = document.createDocumentFragment();
    rows.forEach((one) => sorted.append(one.row));
    body.append(sorted);
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
  document.getElementById("tools").hidden = false;
  filter();
})();
