// Leases, those that end first on top: first those that have lapsed and that nobody has taken over.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { fill, h, heading } from "./dom.js";
import { counted, duration, jobs } from "./format.js";
import { readRow } from "./job-pages.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import { subscribe } from "./summary.js";
import { changingFields, jobColumns } from "./table.js";

const limit = 500;
/** The number of ready jobs up to which all of them are searched for lapsed leases. */
const fewReady = 20000;
/** How far back lapsed leases are searched where more jobs are ready, in milliseconds. */
const span = 600000;

export default function running(root, { query }) {
  const problem = problemLine();
  const note = h("p", { class: "quiet" });
  const chosen = h("div", { class: "bar-of-actions", role: "region", "aria-label": "Actions" });
  const table = new LiveTable({
    caption: "Running jobs and lapsed leases, by the end of the leases", kind: "jobs", key: (job) => job.id, things: ["job", "jobs"],
    columns: jobColumns("id", "type", "ref_id", "state", "lease", "started", "worker", "attempts").map(
      (column) => ({ ...column, kind: column.kind.replace(" minor", "") })),
    onSelect: showChosen, onGone: lookAt,
    empty: () => isRead && h("div", { class: "empty" }, h("p", {}, "No job runs, and no lease has lapsed."),
      h("p", {}, "A job runs from the moment a worker claims it until the worker completes, fails or gives it back, or its lease ends.")),
  });
  let isRead = false;
  /** The number of ready jobs; undefined as long as it is unknown. */
  let ready;
  /** Whether lapsed leases cannot be found soon. */
  let areHidden = false;
  const endOfNumbers = subscribe(
    ({ data }) => {
      ready = data.filter((row) => !query.type || row.type === query.type).reduce((sum, row) => sum + row.counts.ready, 0);
    }, () => {});
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

  function read(filter, signal) {
    return call("get_jobs", {
      filter: { ...filter, ...(query.type ? { type: query.type } : {}) }, fields: changingFields, paging: { take: limit },
    }, { signal });
  }

  /** Reads the ready jobs that were leased before; none where the service cannot find them soon. */
  async function readLapsed(signal) {
    if (areHidden) return [];
    const from = ready <= fewReady ? 0 : Date.now() - span;
    try {
      return (await read({ state: "ready", locked_from: new Date(from).toISOString() }, signal)).data;
    } catch (error) {
      if (error.code !== "TIMED_OUT") throw error;
      areHidden = true;
      return [];
    }
  }

  const live = follow(
    async (signal) => {
      const [running, lapsed] = await Promise.all([read({ state: "running" }, signal), readLapsed(signal)]);
      return { running: running.data, lapsed };
    },
    ({ running, lapsed }) => {
      problem.clear(table.element);
      isRead = true;
      fill(
        note, running.length === limit ? `These are the ${limit} that were added first; more are running.` : `${jobs(running.length)} running.`,
        lapsed.length > 0 && ` ${counted(lapsed.length, "lease")} lapsed, and nobody has taken over yet.`,
        areHidden ? " Leases that have lapsed are not shown: too many jobs are ready."
          : ready > fewReady && ` Many jobs are ready, so leases that lapsed more than ${duration(span)} ago are not shown.`);
      table.update([...lapsed, ...running].toSorted((a, b) => (a.locked_until < b.locked_until ? -1 : 1)));
    },
    (error) => problem.show(error, table.element));
  return () => {
    live.end();
    endOfNumbers();
  };
}
