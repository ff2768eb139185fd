// One type: its jobs by state, its workers, its limits, and the errors of its jobs.

import { call } from "./api.js";
import { address, button, fill, h, heading, link } from "./dom.js";
import { askText } from "./dialog.js";
import { errorGroups } from "./errors.js";
import { count, time } from "./format.js";
import { follow } from "./live.js";
import { notify, notifyFailure } from "./notice.js";
import { problemLine } from "./problem.js";
import { forbidden } from "./session.js";
import { badge } from "./states.js";
import { limitText, oldest, pauseText, readTypes } from "./types.js";

export default function type(root, { parts }) {
  const name = parts[0] ?? "";
  const problem = problemLine();
  const actions = h("div", { class: "row" });
  const content = h("div", {});
  const errors = errorGroups({ type: name }, 5);
  fill(root, heading(name, actions), problem.element, content, errors.element);

  const live = follow(
    async (signal) => (await readTypes(signal, { type: name })).data.find((row) => row.type === name),
    (row) => {
      problem.clear(content);
      fill(actions, row?.paused ? resumeButton() : pauseButton());
      fill(content, row ? describe(row) : h("p", {}, "There are no jobs of this type, and nobody has asked for any."));
    },
    (error, wait) => problem.show(error, wait, content));

  function pauseButton() {
    return button("Pause", async () => {
      const reason = await askText(`Pause ${name}?`, "Why, for the others:", {
        yes: "Pause", beside: h("p", {}, "Jobs that run go on; no other is handed out until the type is resumed."),
      });
      if (reason === undefined) return;
      await change("pause_type", reason ? { type: name, reason } : { type: name }, "paused");
    }, { why: forbidden("jobs:operate"), id: "pause" });
  }

  function resumeButton() {
    return button("Resume", () => change("resume_type", { type: name }, "resumed"),
      { why: forbidden("jobs:operate"), id: "pause" });
  }

  async function change(operation, body, done) {
    try {
      await call(operation, body);
      notify(`${name} is ${done}.`);
      live.now();
    } catch (error) {
      notifyFailure(error);
    }
  }

  return () => {
    live.end();
    errors.end();
  };
}

function describe(row) {
  const states = Object.keys(row.counts ?? {});
  return [
    row.paused && h("p", { class: "warning" }, pauseText(row.paused)),
    h("ul", { class: "tabs", "aria-label": "Jobs by state" }, states.map((state) => h("li", {},
      h("a", { href: address("/jobs", { type: row.type, state }) }, badge(state), " ", count(row.counts[state]))))),
    h("dl", {},
      h("dt", {}, "Oldest ready job"), h("dd", {}, oldest(row) || "none is ready"),
      h("dt", {}, "Claims that wait"), h("dd", {}, count(row.waiting ?? 0)),
      h("dt", {}, "Last claim"), h("dd", {}, row.last_claim ? time(row.last_claim) : "none seen in the last hour"),
      h("dt", {}, "Limits"), h("dd", {}, limitText(row.limits) || "none")),
    workers(row),
  ];
}

function workers(row) {
  if (!row.workers?.length) return h("p", {}, "No worker has told its name.");
  return h(
    "div", { class: "scroll" },
    h("table", { class: "types" }, h("caption", {}, "Workers"),
      h("thead", {}, h("tr", {}, ["Worker", "Last claim", "Running"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, row.workers.map((worker) => h(
        "tr", {}, h("th", { scope: "row" }, worker.worker), h("td", { "data-title": "Last claim" }, time(worker.last_claim)),
        h("td", { "data-title": "Running" }, worker.running === undefined ? "" : link(
          "/jobs", count(worker.running), { type: row.type, state: "running", worker: worker.worker })))))));
}
