// Leases, those that end first on top: first those that have lapsed and that nobody has taken over.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { fill, h, heading } from "./dom.js";
import { count, counted, jobs } from "./format.js";
import { readRow } from "./job-pages.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import { subscribe } from "./summary.js";
import { changingFields, jobColumns } from "./table.js";

const limit = 500;
/** The number of ready jobs up to which they are searched for lapsed leases, which the service does not count. */
const fewReady = 2000;
/** How often they are searched if no lease has ended in the meantime, in milliseconds. */
const pace = 15000;
/** How long the first rows wait for that number, in milliseconds. */
const patience = 2000;

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
  /** What was found last, and when. */
  let found = { running: new Set(), lapsed: [], at: 0 };
  let endOfNumbers;
  /** The first rows wait for the number, so that the lapsed leases are among them and not behind a button. */
  const isCounted = new Promise((resolve) => {
    endOfNumbers = subscribe(({ data }) => {
      ready = data.filter((row) => !query.type || row.type === query.type).reduce((sum, row) => sum + row.counts.ready, 0);
      resolve();
    }, resolve);
    setTimeout(resolve, patience);
  });
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

  /** Reads the ready jobs that were leased before, if there are not too many to look at. */
  async function readLapsed(running, signal) {
    const ids = new Set(running.map((job) => job.id));
    if (!(ready <= fewReady)) {
      found = { running: ids, lapsed: [], at: 0 };
    } else if (Date.now() - found.at >= pace || [...found.running].some((id) => !ids.has(id))) {
      const { data } = await read({ state: "ready", locked_from: new Date(0).toISOString() }, signal);
      found = { running: ids, lapsed: data, at: Date.now() };
    }
    return found.lapsed.filter((job) => !ids.has(job.id));
  }

  const live = follow(
    async (signal) => {
      await isCounted;
      const running = (await read({ state: "running" }, signal)).data;
      return { running, lapsed: await readLapsed(running, signal) };
    },
    ({ running, lapsed }) => {
      problem.clear(table.element);
      isRead = true;
      fill(
        note, running.length === limit ? `These are the ${limit} that were added first; more are running.` : `${jobs(running.length)} running.`,
        lapsed.length > 0 && ` ${counted(lapsed.length, "lease")} lapsed, and nobody has taken over yet.`,
        ready > fewReady && ` Lapsed leases are not shown beside more than ${count(fewReady)} ready jobs.`);
      table.update([...lapsed, ...running].toSorted((a, b) => (a.locked_until < b.locked_until ? -1 : 1)));
    },
    (error) => problem.show(error, table.element));
  return () => {
    live.end();
    endOfNumbers();
  };
}
