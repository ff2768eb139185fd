// The keys of the keyboard. Each does what a control on the page does as well.

import { button, h } from "./dom.js";
import { ask } from "./dialog.js";
import { moveRow, toggleRow } from "./table.js";

const list = [
  ["/", "to the search field"], ["j, k", "to the next and the previous row"], ["x", "select the row"],
  ["Enter", "open the row"], ["r", "replay what is selected, or the job"], ["?", "this list"], ["Esc", "close"],
];

/** Shows what the keys do. */
export function showKeys() {
  return ask("Keys", (close) => h(
    "div", {},
    h("table", { class: "plain" }, h("caption", { class: "hidden" }, "Keys"), h("tbody", {}, list.map(
      ([key, text]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, text))))),
    h("p", { class: "row" }, button("Close", () => close()))));
}

/** Listens to the keys, unless one types into a field or a dialog is open. */
export function listenToKeys(field) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = {
      "/": () => field.focus(),
      j: () => moveRow(1),
      k: () => moveRow(-1),
      x: toggleRow,
      r: () => document.querySelector("[data-key=r] button")?.click(),
      "?": showKeys,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
