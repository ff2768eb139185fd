// Tables that are kept up to date without moving what one reads: rows stay where they are, cells that have
// changed are marked, rows that are gone stay greyed, and new ones wait behind a button.

import { button } from "./button.js";
import { fill, h } from "./dom.js";
import { recall, remember } from "./entry.js";
import { count, firstLine } from "./format.js";

/** How long a changed cell is marked, in milliseconds. */
const marked = 4000;

/**
 * A table. Each of `columns` has a `title`, and `cell(row)` for what it shows; `value(row)` is what decides
 * whether it has changed, `kind` its class, `isHeader` whether it names the row. `key` names a row. `marks`: whether changed
 * cells are marked, which only helps where few of them change.
 */
export class LiveTable {
  constructor({ caption, columns, key, kind = "", things = ["row", "rows"], onSelect, onGone, empty, marks = true }) {
    Object.assign(this, { columns, key, things, onSelect, onGone, empty, marks });
    this.shown = new Map();
    this.waiting = [];
    this.selected = new Set(recall("selected") ?? []);
    this.body = h("tbody", { role: "rowgroup" });
    this.news = h("div", { class: "news" });
    this.nothing = h("div", {});
    this.all = onSelect && h("input", {
      type: "checkbox", id: "pick-all", "aria-label": `Select all ${things[1]} shown`, onchange: () => this.#selectAll(),
    });
    this.table = h(
      "table", { class: kind, role: "table" }, h("caption", {}, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
        onSelect && h("th", { scope: "col", role: "columnheader", class: "pick" }, this.all),
        columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.kind }, column.title)))),
      this.body);
    this.scroll = h("div", { class: "scroll" }, this.table);
    this.element = h("div", {}, this.news, this.scroll, this.nothing);
  }

  /** Whether any row is shown. */
  get isEmpty() {
    return this.shown.size === 0;
  }

  /** The rows that are shown, in their order. */
  get rows() {
    return [...this.shown.values()].map((entry) => entry.row);
  }

  /** Shows rows in place of the ones before. */
  show(rows) {
    this.shown = new Map(rows.map((row) => [this.key(row), this.#entry(row)]));
    for (const key of this.selected) if (!this.shown.has(key)) this.selected.delete(key);
    fill(this.body, [...this.shown.values()].map((entry) => entry.element));
    this.offer([]);
    this.#tell();
  }

  /** Brings the rows that are shown up to date, and offers the others. */
  update(rows) {
    if (this.isEmpty) return this.show(rows);
    const keys = new Set(rows.map(this.key));
    const fresh = rows.filter((row) => !this.shown.has(this.key(row)));
    const gone = [];
    for (const row of rows) this.patch(row);
    for (const [key, entry] of this.shown) if (!keys.has(key) && !entry.isGone) gone.push(key);
    for (const key of gone) this.markGone(key);
    if (gone.length > 0) this.onGone?.(gone);
    this.offer(fresh, () => this.show(rows));
  }

  /** Shows a row anew, cell by cell, if it is among those shown. */
  patch(row, isGone = false) {
    const entry = this.shown.get(this.key(row));
    if (!entry) return;
    entry.row = row;
    this.#setGone(entry, isGone);
    this.columns.forEach((column, index) => {
      const signature = signed(column, row);
      if (signature === entry.signatures[index]) return;
      entry.signatures[index] = signature;
      const cell = entry.cells[index];
      fill(cell, column.cell(row));
      if (!this.marks) return;
      cell.classList.add("changed");
      setTimeout(() => cell.classList.remove("changed"), marked);
    });
  }

  /** Greys a row that is not in the list any more. */
  markGone(key) {
    const entry = this.shown.get(key);
    if (entry) this.#setGone(entry, true);
  }

  /** Offers new rows by a button, which calls `show`. `isMore`: there are more than these. */
  offer(rows, show, isMore = false) {
    const text = rows.length === 0 ? "" : `Show ${count(rows.length)}${isMore ? " or more" : ""} new `
      + this.things[rows.length === 1 && !isMore ? 0 : 1];
    this.offered = show;
    if (this.offeredText === text) return;
    this.offeredText = text;
    fill(this.news, text && button(text, () => {
      this.offered();
      (this.body.querySelector(".open") ?? document.getElementById("main")).focus();
    }, { id: "newer", kind: "newer" }));
  }

  /** Selects a row, or takes it out of the selection. */
  select(key, isSelected) {
    if (isSelected) this.selected.add(key);
    else this.selected.delete(key);
    this.#tell();
  }

  /** Selects nothing. */
  clear() {
    this.selected.clear();
    for (const entry of this.shown.values()) entry.box.checked = false;
    this.#tell();
  }

  #entry(row) {
    const key = this.key(row);
    const cells = this.columns.map((column) => h(
      column.isHeader ? "th" : "td",
      {
        scope: column.isHeader ? "row" : undefined, role: column.isHeader ? "rowheader" : "cell", class: column.kind,
        "data-title": column.title,
      }, column.cell(row)));
    const box = this.onSelect && h("input", {
      type: "checkbox", id: `pick-${key}`, "aria-label": `Select ${firstLine(key, 100)}`,
      onchange: () => this.select(key, box.checked),
    });
    if (box) box.checked = this.selected.has(key);
    const element = h("tr", { role: "row" }, box && h("td", { class: "pick", role: "cell" }, box), cells);
    return { row, element, cells, box, isGone: false, signatures: this.columns.map((column) => signed(column, row)) };
  }

  #setGone(entry, isGone) {
    if (entry.isGone === isGone) return;
    entry.isGone = isGone;
    entry.element.classList.toggle("gone", isGone);
    entry.element.title = isGone ? "Not in this list any more" : "";
  }

  #selectAll() {
    for (const [key, entry] of this.shown) {
      entry.box.checked = this.all.checked;
      if (this.all.checked) this.selected.add(key);
      else this.selected.delete(key);
    }
    this.#tell();
  }

  #tell() {
    this.scroll.hidden = this.isEmpty;
    if (!this.isEmpty || this.nothing.childElementCount === 0) fill(this.nothing, this.isEmpty && this.empty?.());
    if (!this.onSelect) return;
    this.all.checked = !this.isEmpty && this.selected.size >= this.shown.size;
    this.all.indeterminate = this.selected.size > 0 && !this.all.checked;
    remember("selected", [...this.selected]);
    this.onSelect(this.selected);
  }
}

function signed(column, row) {
  return JSON.stringify((column.value ?? (() => row))(row)) ?? "";
}

/** Moves the focus between rows: by one down or up. */
export function moveRow(step) {
  const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector(".open"));
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
  next.querySelector(".open").focus();
}

/** The row that has the focus. */
export function focusedRow() {
  return document.activeElement?.closest("main tbody tr");
}
