// Live leases, those that end first on top.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { fill, h, heading } from "./dom.js";
import { jobs } from "./format.js";
import { readRow } from "./job-pages.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import { changingFields, jobColumns } from "./table.js";

const limit = 500;

export default function running(root, { query }) {
  const problem = problemLine();
  const note = h("p", { class: "quiet" });
  const chosen = h("div", { class: "bar-of-actions", role: "region", "aria-label": "Actions" });
  const table = new LiveTable({
    caption: "Running jobs, by the end of their leases", kind: "jobs", key: (job) => job.id, things: ["job", "jobs"],
    columns: jobColumns("id", "type", "ref_id", "state", "lease", "started", "worker", "attempts").map(
      (column) => ({ ...column, kind: column.kind.replace(" minor", "") })),
    onSelect: showChosen, onGone: lookAt,
    empty: () => isRead && h("div", { class: "empty" }, h("p", {}, "No job runs."),
      h("p", {}, "A job runs from the moment a worker claims it until the worker completes, fails or gives it back, or its lease ends.")),
  });
  let isRead = false;
  showChosen();
  fill(root, heading("Running"),
    h("p", { class: "quiet" }, "A cancelled job that runs ends when its worker next extends the lease, or when the lease lapses."),
    problem.element, chosen, table.element, note);

  function showChosen() {
    const number = table?.selected.size ?? 0;
    const why = number === 0 ? "Select jobs first: with their boxes, or with the key x." : undefined;
    fill(
      chosen, h("span", { role: "status" }, number ? `${jobs(number)} selected` : "No job is selected"),
      ["cancel", "release"].map((name) => actionButton(name, () => [...table.selected], () => live.now(), { why })));
  }

  async function lookAt(ids) {
    for (const id of ids.slice(0, 8)) {
      try {
        const job = await readRow(id);
        if (job) table.patch(job, true);
      } catch {
        return; // The next turn of the screen tells of it.
      }
    }
  }

  const live = follow(
    (signal) => call("get_jobs", {
      filter: { state: "running", ...(query.type ? { type: query.type } : {}) }, fields: changingFields, paging: { take: limit },
    }, { signal }),
    (answer) => {
      problem.clear(table.element);
      isRead = true;
      const rows = answer.data.toSorted((a, b) => (a.locked_until < b.locked_until ? -1 : 1));
      fill(note, rows.length === limit ? `These are the ${limit} that were added first; more are running.` : `${jobs(rows.length)} running.`);
      table.update(rows);
    },
    (error) => problem.show(error, table.element));
  return () => live.end();
}
