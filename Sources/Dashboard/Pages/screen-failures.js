// What fails: groups of errors, the largest first, and what can be done to each.

import { button } from "./button.js";
import { address, fill, h, heading } from "./dom.js";
import { errorGroups } from "./errors.js";
import { duration, exact, firstLine, foreign } from "./format.js";

const spans = [["10 min", 600000], ["1 h", 3600000], ["1 d", 86400000]];

export default function failures(root, { query }) {
  const body = {};
  if (query.type) body.type = query.type;
  if (query.from) body.from = query.from;
  const groups = errorGroups(body, {
    caption: "Jobs whose last attempt failed, grouped by type and error, the largest groups first",
    empty: () => h("div", { class: "empty" }, h("p", {}, query.type || query.from ? "Nothing failed here." : "Nothing fails."),
      h("p", {}, "When a worker reports a failed attempt (fail_job), the job is listed here until it is completed, replayed or removed.")),
  });
  fill(
    root, heading("Failures"),
    h("p", { class: "quiet" }, "Errors count as the same if their messages differ only in numbers, ids and quoted parts."),
    chips(query),
    h("div", { class: "row" }, h("span", {}, "Last attempt failed within:"), spans.map(([text, length]) => button(
      text, () => location.assign(address("/failures", { ...query, from: new Date(Date.now() - length).toISOString() })),
      { kind: "quiet", label: `Failed within ${duration(length)}` }))),
    groups.element);
  return () => groups.end();
}

function chips(query) {
  const shown = { type: query.type, from: query.from && `since ${exact(query.from)}` };
  const names = Object.keys(shown).filter((name) => shown[name]);
  if (names.length === 0) return undefined;
  return h("ul", { class: "chips", "aria-label": "Conditions" }, names.map((name) => h("li", {}, h(
    "a",
    {
      href: address("/failures", { ...query, [name]: undefined }),
      "aria-label": `Remove the condition ${name} ${firstLine(shown[name], 100)}`,
    },
    `${name === "from" ? "failed" : name}: `, foreign(shown[name], 80), h("span", { "aria-hidden": "true" }, " ×")))));
}
