// The bar above a list of jobs: what is chosen, and what can be done to it.

import { actionButton } from "./actions.js";
import { bulkButton, inWords } from "./bulk.js";
import { button } from "./button.js";
import { fill, h } from "./dom.js";
import { jobs } from "./format.js";

const names = ["replay", "cancel", "complete", "delete"];

/** A bar for a table of jobs. `filter` selects all jobs that match the list. */
export function selectionBar(filter, onDone) {
  const element = h("div", { class: "bar-of-actions", role: "region", "aria-label": "Actions" });
  let table;
  let isAll = false;

  function show() {
    fill(element, isAll ? all() : chosen());
  }

  function chosen() {
    const number = table?.selected.size ?? 0;
    const why = number === 0 ? "Select jobs first: with their boxes, or with the key x." : undefined;
    const noFilter = Object.keys(filter()).length === 0 ? "Give a condition first, such as type:mail." : undefined;
    return [
      h("span", { role: "status" }, number === 0 ? "No job is selected" : `${jobs(number)} selected`),
      names.map((name) => actionButton(name, () => [...table.selected], done, { why })),
      number > 0 && button("Select none", () => table.clear(), { kind: "quiet" }),
      button("All that match…", () => choose(true), { kind: "quiet", id: "all-matching", why: noFilter }),
    ];
  }

  function all() {
    return [
      h("span", { role: "status" }, "All jobs that match, on other pages too:"), inWords(filter()),
      names.map((name) => bulkButton(name, filter, { onDone: done, key: name === "replay" ? "r" : undefined })),
      button("Only the selected ones", () => choose(false), { kind: "quiet", id: "only-selected" }),
    ];
  }

  function choose(value) {
    isAll = value;
    show();
    document.getElementById(value ? "only-selected" : "all-matching").focus();
  }

  function done() {
    table.clear();
    onDone();
  }

  return {
    element, show,
    set table(value) {
      table = value;
      show();
    },
  };
}
