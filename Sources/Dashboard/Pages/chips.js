// The conditions of a list, each with a link that takes it away, and the states to choose from.

import { address, h } from "./dom.js";
import { exact, firstLine, foreign } from "./format.js";
import { conditions } from "./search.js";
import { badge, states } from "./states.js";

const words = {
  created_from: "added since", created_to: "added until", ref_id: "reference", error_key: "error", error_type: "error type",
  words: "id or reference",
};

/** The conditions of a query as chips. */
export function chips(query) {
  const names = [...conditions, "words"].filter((name) => query[name]);
  if (names.length === 0) {
    return h("p", { class: "quiet" }, "All jobs, the newest first. Type conditions into the search field, such as ",
      h("code", {}, "type:mail state:failed before:1h"));
  }
  return h("ul", { class: "chips", "aria-label": "Conditions" }, names.map((name) => {
    const value = name.startsWith("created_") ? exact(query[name]) : query[name];
    const rest = { ...query, [name]: undefined, after: undefined, newer: undefined };
    return h("li", {}, h(
      "a", { href: address("/jobs", rest), "aria-label": `Remove the condition ${words[name] ?? name} ${firstLine(value, 100)}` },
      `${words[name] ?? name}: `, foreign(value, 80), h("span", { "aria-hidden": "true" }, " ×")));
  }));
}

/** Links to the same list in each of the states. */
export function stateLinks(query) {
  const current = query.state ?? "";
  return h("nav", { "aria-label": "States" }, h("ul", { class: "tabs" }, ["", ...states].map((state) => h("li", {}, h("a", {
    href: address("/jobs", { ...query, state, after: undefined, newer: undefined }),
    "aria-current": current === state ? "true" : undefined,
  }, state ? badge(state) : "all")))));
}
