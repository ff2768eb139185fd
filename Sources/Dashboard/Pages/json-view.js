// A JSON value as text: 64 KiB at once, the rest on demand, so that large values do not freeze the tab.

import { button, copier, fill, h } from "./dom.js";
import { count } from "./format.js";

const atOnce = 64 * 1024;

/** A value with its name, and buttons to copy and to save it. */
export function jsonView(name, value) {
  if (value === null || value === undefined) return h("p", {}, `${name}: none`);
  const text = JSON.stringify(value, null, 2);
  const shown = h("pre", { class: "json", tabindex: "0", "aria-label": name }, text.slice(0, atOnce));
  const rest = h("p", { class: "row" });
  if (text.length > atOnce) {
    fill(rest, h("span", {}, `The first ${count(atOnce)} of ${count(text.length)} characters are shown.`),
      button("Show the rest", () => {
        fill(shown, text);
        fill(rest);
      }));
  }
  return h(
    "section", { class: "data" }, h("div", { class: "heading" }, h("h2", {}, name), copier(text, "Copy"), saver(name, text)),
    shown, rest);
}

function saver(name, text) {
  return button("Save", () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    h("a", { href: address, download: `${name.toLowerCase()}.json` }).click();
    URL.revokeObjectURL(address);
  }, { kind: "quiet" });
}
