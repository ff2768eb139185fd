// The audit: every removal and every act of an operator, with its caller.

import { call } from "./api.js";
import { actions } from "./actions.js";
import { address, fill, h, heading, jobPath, link, typePath } from "./dom.js";
import { count, foreign, jobs, time } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";

const pageSize = 100;
const words = {
  start_operation: "Started an operation", end_operation: "Operation ended", cancel_operation: "Cancelled an operation",
  delete_jobs: "Deleted all jobs", clean_jobs: "Cleaned", delete_job_by_id: "Deleted a job", pause_type: "Paused", resume_type: "Resumed",
  set_type: "Changed settings", set_schedule: "Set a schedule", run_schedule: "Ran a schedule", delete_schedule: "Deleted a schedule",
  replay_jobs: "Replayed jobs", cancel_job: "Cancelled a job",
};

export default function audit(root, { query }) {
  const problem = problemLine();
  const places = h("nav", { class: "row pages", "aria-label": "Pages" });
  let isRead = false;
  const table = new LiveTable({
    caption: "What operators did, the newest first", kind: "audit", key: (row) => row.id, things: ["entry", "entries"],
    empty: () => isRead && h("p", { class: "empty" },
      query.type || query.after ? "There is nothing here." : "Nothing was done yet. Entries are kept for 30 days."),
    columns: [
      {
        title: "When", kind: "when", isHeader: true, value: (row) => row.at,
        cell: (row) => h("span", { class: "open", tabindex: "-1" }, time(row.at)),
      },
      { title: "Who", kind: "type", value: (row) => row.principal, cell: (row) => row.principal ? foreign(row.principal, 80)
        : h("span", { class: "quiet" }, row.command === "end_operation" ? "the service" : "anybody: no keys are set") },
      { title: "What", kind: "what", value: (row) => [row.command, row.outcome], cell: what },
      { title: "About", kind: "error", value: (row) => row, cell: about },
    ],
  });
  fill(root, heading("Audit", filterForm(query)), problem.element, table.element, places);
  const live = follow(
    (signal) => call("get_audit", { max: pageSize, type: query.type || undefined, after: query.after || undefined }, { signal }),
    (answer) => {
      problem.clear(table.element);
      isRead = true;
      table.update(answer.data);
      const last = answer.data.at(-1)?.id;
      fill(places, query.after && link("/audit", "Newest", { type: query.type }, { class: "button" }),
        answer.data.length === pageSize && link("/audit", "Older", { ...query, after: last }, { class: "button" }));
    },
    (error) => problem.show(error, table.element), { pace: 10000 });
  return () => live.end();
}

function filterForm(query) {
  const field = h("input", {
    id: "audit-type", type: "search", value: query.type, placeholder: "Type", "aria-label": "Only entries of this type",
  });
  return h("form", {
    class: "row tight",
    onsubmit: (event) => {
      event.preventDefault();
      location.assign(address("/audit", { type: field.value }));
    },
  }, field, h("button", { type: "submit" }, "Show"));
}

function what(row) {
  const action = row.action && `: ${(actions[row.action]?.word ?? row.action).toLowerCase()}`;
  const skipped = row.skipped ? `, ${count(row.skipped)} skipped` : "";
  const refused = row.errors ? `, ${count(row.errors)} refused` : "";
  const number = row.jobs !== undefined && ` (${jobs(row.jobs)}${skipped}${refused})`;
  return [
    words[row.command] ?? row.command, action, number,
    row.outcome !== "done" && h("div", { class: "bad" }, row.outcome === "failed" ? "It failed: what was done is unknown" : row.outcome),
  ];
}

function about(row) {
  return [
    row.type && h("div", {}, "type ", row.type === "*" ? "all types" : link(typePath(row.type), foreign(row.type, 60))),
    row.job_id && h("div", {}, "job ", link(jobPath(row.job_id), row.job_id)),
    row.schedule && h("div", {}, "schedule ", link("/schedules", foreign(row.schedule, 60))),
    row.filter && h("div", {}, h("code", {}, foreign(row.filter, 200))),
    row.settings && h("div", {}, foreign(row.settings, 200)), row.reason && h("div", {}, "because: ", foreign(row.reason, 200)),
    row.operation_id && h("div", {}, link("/operations", "see the operations")),
  ];
}
