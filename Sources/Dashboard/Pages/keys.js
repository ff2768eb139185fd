// The keys of the keyboard. Each does what a control on the page does as well.

import { button } from "./button.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { focusedRow, moveRow } from "./rows.js";

const list = [
  ["/", "to the search field"], ["j, k", "to the next and the previous row"], ["x", "select the row"],
  ["Enter", "open the row"], ["r", "replay: what is selected, the row, or the job"], ["?", "this list"],
  ["Esc", "close, or leave the search field"],
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
      if (event.key === "Escape") document.getElementById("main").focus();
      return;
    }
    const act = {
      "/": () => field.select(), j: () => moveRow(1), k: () => moveRow(-1), x: () => boxOfRow()?.click(), r: replay, "?": showKeys,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const boxOfRow = () => focusedRow()?.querySelector("input[type=checkbox]");

/** Replays what is selected, else the row that has the focus, else what the screen is about. */
function replay() {
  const own = focusedRow()?.querySelector("[data-key=r]");
  if (own) return own.click();
  const isSelected = document.querySelector("main tbody input[type=checkbox]:checked");
  const box = boxOfRow();
  if (box && !isSelected) box.click();
  document.querySelector("main [data-key=r]")?.click();
}
