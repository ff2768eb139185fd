// One type: its jobs by state, what goes through, its workers, its limits, and the errors of its jobs.

import { call } from "./api.js";
import { chart } from "./chart.js";
import { copier } from "./button.js";
import { typeCommand } from "./command-line.js";
import { address, fill, h, heading, link, panel, refill } from "./dom.js";
import { errorGroups } from "./errors.js";
import { count, foreign, time } from "./format.js";
import { pauseButton } from "./pause.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import { badge } from "./states.js";
import { subscribe } from "./summary.js";
import { limitText, oldest, pauseText, percentiles } from "./types.js";

export default function type(root, { parts }) {
  const name = parts[0] ?? "";
  const problem = problemLine();
  const actions = h("div", { class: "row" });
  const facts = h("div", {});
  const errors = errorGroups({ type: name }, {
    limit: 5, caption: "The most frequent errors", empty: () => h("p", { class: "quiet" }, "No job of this type fails."),
  });
  const workers = new LiveTable({
    caption: "Workers that have asked for jobs within the last hour, or hold leases", kind: "workers", key: (row) => row.worker,
    things: ["worker", "workers"],
    empty: () => h("p", { class: "quiet" }, "No worker has told its name lately. Claims may carry one: ",
      h("code", {}, '"worker": "mailer-1"')),
    columns: [
      { title: "Worker", kind: "type", isHeader: true, value: (row) => row.worker, cell: (row) => foreign(row.worker, 80) },
      { title: "Last claim", kind: "when", value: (row) => row.last_claim, cell: (row) => time(row.last_claim) },
      {
        title: "Running", kind: "number", value: (row) => row.running,
        cell: (row) => row.running !== undefined && link("/jobs", count(row.running), { type: name, state: "running", worker: row.worker }),
      },
    ],
  });
  const content = h("div", {}, facts, panel("Workers", workers.element));
  fill(
    root, heading(name, actions, h("span", { class: "copies" }, "Copy:", copier(() => typeCommand(name), "as command"))), problem.element, content,
    panel("Why jobs fail", errors.element));

  const end = subscribe(
    async (answer) => {
      if (answer.available !== false) problem.clear(content);
      const row = answer.data.find((row) => row.type === name) ?? await beyond(answer);
      refill(actions, row?.paused ?? null, () => pauseButton(name, row?.paused));
      refill(facts, [row, answer.paused, answer.hourOf(name)], () => row ? describe(row, answer)
        : h("p", { class: "empty" }, "There are no jobs of this type, and no worker has asked for any."));
      workers.update(row?.workers ?? []);
    },
    (error, since) => problem.show(error, content, since));
  /** The row of a type that is not among the first ones, which the summary has. */
  async function beyond(answer) {
    if (!(answer.total > answer.data.length)) return undefined;
    try {
      return (await call("get_types", { type: name })).data.find((row) => row.type === name);
    } catch (error) {
      problem.show(error, content);
      return undefined;
    }
  }

  return () => {
    end();
    errors.end();
  };
}

function describe(row, answer) {
  const states = Object.keys(row.counts ?? {});
  const facts = [
    ["Oldest ready job", oldest(row) || "none is ready"], ["Claims that wait", count(row.waiting ?? 0)],
    ["Last claim", row.last_claim ? time(row.last_claim) : "none seen in the last hour"],
    ["From added to claimed, p50 / p95", percentiles(row.wait_time) || "none lately"],
    ["From claimed to completed, p50 / p95", percentiles(row.run_time) || "none lately"], ["Limits", limitText(row.limits) || "none"],
  ];
  return [
    row.paused && h("p", { class: "warning" }, pauseText(row.paused)),
    answer.paused && h("p", { class: "warning" }, "All types are ", pauseText(answer.paused)),
    h("nav", { "aria-label": "Jobs by state" }, h("ul", { class: "tabs" }, states.map((state) => h("li", {},
      h("a", { href: address("/jobs", { type: row.type, state }) }, badge(state), " ", h("strong", {}, count(row.counts[state]))))))),
    panel("The last hour", chart(answer.hourOf(row.type))),
    h("dl", {}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  ];
}
