// The frame around all screens: who is signed in, which screen is open, and the search field.

import { button } from "./button.js";
import { address, fill, h } from "./dom.js";
import * as search from "./search.js";
import { session } from "./session.js";
import { forget, lastSummary } from "./summary.js";
import { visible } from "./visible.js";

const field = document.getElementById("query");
const words = document.getElementById("words");
const parents = { "": "#/", type: "#/", job: "#/jobs" };

/** Shows who is signed in, and marks the screen. */
export function showFrame(name, query) {
  const who = session.who;
  const many = who?.types?.length > 5 ? ` and ${who.types.length - 5} more` : "";
  const types = who?.types ? `, types ${who.types.slice(0, 5).map(visible).join(", ")}${many}` : "";
  fill(
    document.getElementById("session"), who && h("span", {}, who.name ? `${who.name}${types}` : "no keys set"),
    session.key && button("Sign out", () => {
      session.key = "";
      forget();
      location.assign(address("/sign-in"));
    }, { kind: "quiet" }));
  const current = parents[name] ?? `#/${name}`;
  for (const element of document.querySelectorAll("#screens a")) {
    if (element.getAttribute("href") === current) element.setAttribute("aria-current", "page");
    else element.removeAttribute("aria-current");
  }
  if (document.activeElement !== field) field.value = name === "jobs" ? search.format(query) : "";
}

/** Lets the search field lead to the list of jobs; `again` shows the same list anew. */
export function setUpSearch(again) {
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const next = address("/jobs", search.parse(field.value.trim()));
    field.blur();
    if (next === location.hash) again();
    else location.assign(next);
  });
  const complete = () => {
    const types = (lastSummary()?.data ?? []).map((row) => row.type);
    fill(words, search.completions(field.value, types).map((value) => h("option", { value })));
  };
  field.addEventListener("input", complete);
  field.addEventListener("focus", complete);
  return field;
}
