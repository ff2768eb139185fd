// All types of jobs, one row each: how many wait, run and have failed, what goes through, and who works on them.

import { chart, inWords, perMinute, sparkline } from "./chart.js";
import { fill, h, heading, link, panel, refill, typePath } from "./dom.js";
import { errorGroups } from "./errors.js";
import { count, foreign, time } from "./format.js";
import { firstSteps } from "./first-steps.js";
import { problemLine } from "./problem.js";
import { pace, together } from "./rates.js";
import { recall, remember } from "./entry.js";
import { LiveTable } from "./rows.js";
import { session } from "./session.js";
import { subscribe } from "./summary.js";
import { limitText, oldest, otherStates, pauseText, percentiles, stateCount } from "./types.js";

const number = (state, title, kind = "") => ({
  title, kind: `number ${kind}`, value: (row) => row.counts?.[state] ?? 0, cell: (row) => stateCount(row, state),
});

export default function overview(root) {
  const problem = problemLine();
  const warning = h("div", {});
  const tiles = h("div", { class: "tiles" });
  const hour = h("div", {});
  const age = h("p", { class: "quiet" });
  let last;
  const filter = h("input", {
    id: "filter", type: "search", placeholder: "Type contains…", "aria-label": "Show types that contain", value: recall("filter"),
    oninput: () => {
      remember("filter", filter.value);
      show(last, true);
    },
  });
  const table = new LiveTable({
    caption: "Types of jobs", kind: "types", key: (row) => row.type, things: ["type", "types"], marks: false,
    empty: () => (last?.data.length ? h("p", { class: "empty" }, "No type contains this.") : firstSteps()),
    columns: [
      {
        title: "Type", kind: "type", isHeader: true, value: (row) => row.type,
        cell: (row) => link(typePath(row.type), foreign(row.type, 80), {}, { class: "open" }),
      },
      number("ready", "Ready"),
      { title: "Oldest", kind: "number", value: (row) => [oldest(row) && row.oldest_ready], cell: oldest },
      number("running", "Running"), number("delayed", "Delayed"), number("failed", "Failed"),
      {
        title: "Last hour", kind: "rate", value: (row) => last.hourOf(row.type),
        cell: (row) => {
          const hour = last.hourOf(row.type);
          return hour.length === 0 ? h("span", { class: "quiet" }, "not counted")
            : [sparkline(hour), h("span", { class: "words" }, inWords(hour))];
        },
      },
      { title: "Wait p50 / p95", kind: "number minor", value: (row) => row.wait_time, cell: (row) => percentiles(row.wait_time) },
      { title: "Run p50 / p95", kind: "number minor", value: (row) => row.run_time, cell: (row) => percentiles(row.run_time) },
      {
        title: "Workers", kind: "number minor", value: (row) => [row.workers?.length, row.waiting],
        cell: (row) => count(row.workers?.length ?? 0),
      },
      {
        title: "Notes", kind: "notes", value: (row) => [row.paused, row.limits, row.counts],
        cell: (row) => [pauseText(row.paused), limitText(row.limits), otherStates(row)].filter(
          (part) => part && part.length !== 0).map((part) => h("div", {}, part)),
      },
    ],
  });
  const errors = errorGroups({}, {
    limit: 5, caption: "The most frequent errors", empty: () => h("p", { class: "quiet" }, "No job fails."),
  });
  const content = h("div", {}, tiles, hour, table.element);
  fill(root, heading("Overview", filter), problem.element, warning, content, age, panel("Why jobs fail", errors.element));

  function show(answer, isAnew) {
    if (!answer) return;
    last = answer;
    const wanted = filter.value.toLowerCase();
    const rows = answer.data.filter((row) => row.type.toLowerCase().includes(wanted));
    const all = together([...answer.data.map((row) => row.type), undefined].map(answer.hourOf));
    refill(tiles, [sums(answer), all.slice(-6)], () => tilesOf(answer, all));
    refill(hour, all, () => (all.length > 0 ? chart(all) : []));
    refill(warning, [answer.paused, answer.overloaded], () => warnings(answer));
    fill(age, answer.total > answer.data.length && `The first ${count(answer.data.length)} of ${count(answer.total)} types. `,
      answer.taken && ["As of ", time(answer.taken), "."]);
    if (isAnew || table.isEmpty) table.show(rows);
    else table.update(rows);
  }

  const end = subscribe(
    (answer) => {
      if (answer.available !== false) problem.clear(content);
      show(answer);
    },
    (error, since) => problem.show(error, content, since));
  return () => {
    end();
    errors.end();
  };
}

function sums(answer) {
  const sum = (state) => answer.data.reduce((all, row) => all + (row.counts?.[state] ?? 0), 0);
  return Object.fromEntries(["ready", "running", "delayed", "failed"].map((state) => [state, sum(state)]));
}

function tilesOf(answer, hour) {
  const all = sums(answer);
  const sum = (state) => all[state];
  const tile = (title, value, note, kind = "") => h(
    "div", { class: `tile ${kind}` }, h("span", { class: "title" }, title), h("strong", {}, value), h("span", { class: "quiet" }, note));
  const speed = (name) => perMinute(pace(hour, name));
  return [
    tile("Ready", count(sum("ready")), [link("/jobs", "see them", { state: "ready" })]),
    tile("Running", count(sum("running")), link("/running", "see them")),
    tile("Delayed", count(sum("delayed")), link("/jobs", "see them", { state: "delayed" })),
    tile("Failed", count(sum("failed")), link("/failures", "see why"), sum("failed") > 0 ? "alarm" : ""),
    tile("Added", speed("added"), "per minute"), tile("Completed", speed("completed"), "per minute"),
    tile("Failed attempts", speed("failed"), "per minute"),
  ];
}

function warnings(answer) {
  return [
    answer.paused && h("p", { class: "warning" }, "All types are ", pauseText(answer.paused)),
    answer.overloaded && h("p", { class: "warning" }, "The service is busy and refuses calls, so this page is brought up to date less often."),
    session.who.read_only && h("p", { class: "warning" },
      "No keys are set, and other machines can reach the service, so these pages only show jobs. ",
      "The configuration of the service allows more: access, or dashboard.allow_anonymous_actions."),
  ];
}
