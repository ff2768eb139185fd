// A JSON value as text: 64 KiB at once, the rest on demand, so that large values do not freeze the tab.

import { button, copier } from "./button.js";
import { fill, h } from "./dom.js";
import { count } from "./format.js";
import { indented } from "./json-text.js";
import { session } from "./session.js";

const atOnce = 64 * 1024;

/** A value with its name, and buttons to copy and to save it. `text` is its JSON. */
export function jsonView(name, text) {
  const masked = session.who.mask ?? [];
  const whole = indented(text, masked);
  const shown = h("pre", { class: "json", tabindex: "0", role: "group", "aria-label": name }, h("span", {}, whole.slice(0, atOnce)));
  const rest = h("p", { class: "row" });
  if (whole.length > atOnce) {
    fill(rest, h("span", {}, `These are the first ${count(atOnce)} of ${count(whole.length)} characters.`),
      button("Show the rest", () => {
        // In pieces, of which the browser lays out only those that are seen.
        for (let at = atOnce; at < whole.length; at += atOnce) shown.append(h("span", { class: "piece" }, whole.slice(at, at + atOnce)));
        fill(rest);
        shown.focus();
      }));
  }
  return h(
    "section", { class: "panel", "aria-label": name },
    h("div", { class: "heading" }, h("h2", {}, name), copier(whole, "Copy"), saver(name, whole)), shown, rest);
}

function saver(name, text) {
  return button("Save", () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    h("a", { href: address, download: `${name.toLowerCase()}.json` }).click();
    URL.revokeObjectURL(address);
  }, { kind: "quiet", label: `Save ${name.toLowerCase()} as a file` });
}
