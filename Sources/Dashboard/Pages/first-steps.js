// What to do where there are no jobs yet.

import { copier } from "./button.js";
import { curl } from "./command-line.js";
import { h } from "./dom.js";

/** Says that there are no jobs, and how the first one is added and claimed. */
export function firstSteps() {
  const add = curl("add_job", { new_job: { type: "mail", ref_id: "order-7", ttl: 0, params: { to: "ann@example.com" } } });
  const claim = curl("start_job_by_type", { type: "mail", timeout: 60000, worker: "me" });
  return h(
    "div", { class: "empty" }, h("h2", {}, "There are no jobs yet"),
    h("p", {}, "Add the first one:"), command(add),
    h("p", {}, "Then claim it, as a worker does, with a lease of a minute:"), command(claim));
}

function command(text) {
  return h("div", { class: "command" }, h("pre", { tabindex: "0", role: "group", "aria-label": "Command" }, text), copier(text, "Copy"));
}
