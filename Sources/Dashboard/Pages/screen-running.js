// Live leases, those that end first on top.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { fill, h, heading } from "./dom.js";
import { jobs } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { JobTable, rowFields } from "./table.js";

const limit = 500;

export default function running(root, { query }) {
  const problem = problemLine();
  const note = h("p", {});
  const chosen = h("div", { class: "row actions" });
  const table = new JobTable(
    "Running jobs, by the end of their leases", ["id", "type", "ref_id", "until", "worker", "attempts", "created"],
    {
      onSelect: () => fill(
        chosen, h("span", {}, table.selected.size ? `${jobs(table.selected.size)} selected:` : "Select jobs to act on them:"),
        actionButton("cancel", () => [...table.selected], () => live.now())),
    });
  table.tell();
  fill(root, heading("Running"),
    h("p", {}, "A cancelled job that runs ends when its worker next extends the lease, or when the lease lapses."),
    problem.element, note, chosen, table.element);
  const live = follow(
    (signal) => call("get_jobs", {
      filter: { state: "running", ...(query.type ? { type: query.type } : {}) }, details: true,
      fields: [...rowFields, "started"], paging: { take: limit },
    }, { signal }),
    (answer) => {
      problem.clear(table.element);
      const rows = answer.data.toSorted((a, b) => (a.locked_until < b.locked_until ? -1 : 1));
      fill(note, rows.length === limit ? `The first ${limit} are shown.` : `${jobs(rows.length)} running.`);
      table.show(rows);
    },
    (error, wait) => problem.show(error, wait, table.element));
  return () => live.end();
}
