// What a row of a table of jobs shows.

import { link, jobPath, typePath } from "./dom.js";
import { errorText, foreign, shortID, time } from "./format.js";
import { badge } from "./states.js";

/** The members of a job that a row shows; lists ask for no more. */
export const rowFields = [
  "id", "type", "ref_id", "state", "retries", "max_retries", "created", "delayed_until", "locked_until", "worker",
  "error", "execute_until", "completed", "failed", "cancelled", "cancel_requested", "started", "error_key",
];

/** What is read again of rows that are shown: an error may be large, its key is not. */
export const changingFields = rowFields.filter((name) => name !== "error");

/** A row as it is now, with the error that it had if that is the same. */
export function withError(row, before) {
  if (before && before.retries === row.retries && before.error_key === row.error_key) return { ...row, error: before.error };
  return { ...row, error: row.error_key && { message: row.error_key } };
}

/** Until when the state of a job lasts, or since when it has ended. */
export function until(job) {
  return {
    running: job.locked_until, delayed: job.delayed_until ?? job.locked_until, completed: job.completed, failed: job.failed,
    cancelled: job.cancelled, expired: job.execute_until,
  }[job.state];
}

/** What a row says beside the state. */
function addition(job) {
  if (job.state === "running" && job.cancel_requested) return " to be cancelled";
  return job.state === "ready" && job.locked_until ? " lease lapsed" : "";
}

const columns = {
  id: {
    title: "Id", kind: "id", isHeader: true, value: (job) => job.id,
    cell: (job) => link(jobPath(job.id), shortID(job.id), {}, { title: job.id, class: "open", id: `open-${job.id}` }),
  },
  type: {
    title: "Type", kind: "type", value: (job) => job.type,
    cell: (job) => link(typePath(job.type), foreign(job.type, 60)),
  },
  ref_id: { title: "Reference", kind: "ref_id", value: (job) => job.ref_id, cell: (job) => foreign(job.ref_id, 80) },
  state: {
    title: "State", kind: "state-cell", value: (job) => [job.state, addition(job)],
    cell: (job) => [badge(job.state), addition(job)],
  },
  attempts: {
    title: "Starts", kind: "number", value: (job) => [job.retries, job.max_retries],
    cell: (job) => (job.max_retries ? `${job.retries} of ${job.max_retries}` : String(job.retries)),
  },
  created: { title: "Added", kind: "when", value: (job) => job.created, cell: (job) => time(job.created) },
  started: { title: "Started", kind: "when", value: (job) => job.started, cell: (job) => time(job.started) },
  until: { title: "Until / since", kind: "when", value: until, cell: (job) => time(until(job)) },
  lease: { title: "Lease ends", kind: "when", value: (job) => job.locked_until, cell: (job) => time(job.locked_until) },
  worker: { title: "Worker", kind: "worker minor", value: (job) => job.worker, cell: (job) => foreign(job.worker, 40) },
  error: { title: "Last error", kind: "error", value: (job) => job.error, cell: (job) => job.error && foreign(errorText(job.error)) },
};

/** Columns of a table of jobs, by their names. */
export const jobColumns = (...names) => names.map((name) => columns[name]);
