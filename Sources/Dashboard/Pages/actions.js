// What can be done to jobs: replay, cancel, complete and delete. Up to 20 jobs with time to undo it,
// more of them, and every removal, only after the number was typed.

import { call } from "./api.js";
import { ask, confirm } from "./dialog.js";
import { button, h } from "./dom.js";
import { jobs } from "./format.js";
import { notify, withUndo } from "./notice.js";
import { forbidden } from "./session.js";

const few = 20;

/** The actions on jobs: the word, the scope, and what it does to one job. */
export const actions = {
  replay: { word: "Replay", doing: "Replaying", done: "replayed", scope: "jobs:operate" },
  cancel: { word: "Cancel", doing: "Cancelling", done: "cancelled", scope: "jobs:operate" },
  complete: { word: "Complete", doing: "Completing", done: "completed", scope: "jobs:work" },
  delete: { word: "Delete", doing: "Deleting", done: "deleted", scope: "jobs:admin" },
};

/** The button of an action on jobs; `ids` returns the ids when it is used. */
export function actionButton(name, ids, onDone, { label } = {}) {
  const action = actions[name];
  return button(
    label ?? action.word, () => carryOut(name, ids(), onDone),
    { why: forbidden(action.scope), kind: name === "delete" ? "danger" : undefined });
}

/** Carries out an action on jobs, after the question or the time to undo that it needs. */
export async function carryOut(name, ids, onDone) {
  const action = actions[name];
  if (ids.length === 0) return notify("No job is selected.");
  let ttl;
  if (name === "replay") {
    ttl = await deadlineOfReplay(ids);
    if (ttl === undefined) return;
  }
  const run = (isLeaving) => apply(name, ids, ttl, isLeaving, onDone);
  if (name === "delete" || ids.length > few) {
    const isSure = await confirm(
      `${action.word} ${jobs(ids.length)}?`,
      name === "delete"
        ? "Deleted jobs are gone: their params, results and histories too."
        : `This concerns ${jobs(ids.length)}.`,
      { yes: action.word, number: ids.length });
    if (isSure) await withUndo(`${action.doing} ${jobs(ids.length)}`, run, 3);
  } else {
    await withUndo(`${action.doing} ${jobs(ids.length)}`, run);
  }
}

/** Expired jobs need a new deadline, so a dry run tells whether to ask for one. Null: the old deadline stays. */
async function deadlineOfReplay(ids) {
  const plain = await call("replay_jobs", { job_ids: ids, dry_run: true });
  if (plain.count === ids.length) return null;
  const forEver = await call("replay_jobs", { job_ids: ids, ttl: 0, dry_run: true });
  const expired = forEver.count - plain.count;
  if (expired <= 0) return null;
  return ask(`${jobs(expired)} past the deadline`, (close) => h(
    "div", {},
    h("p", {}, "They can be replayed only with a new deadline, which all chosen jobs get."),
    h("p", { class: "row" },
      button("Without a deadline", () => close(0)), button("One hour", () => close(3600000)),
      button("One day", () => close(86400000)),
      button("Leave them out", () => close(null), { kind: "quiet" }))));
}

async function apply(name, ids, ttl, isLeaving, onDone) {
  const options = { keepalive: isLeaving };
  let done = 0;
  let skipped = 0;
  if (name === "replay") {
    const body = { job_ids: ids };
    if (ttl !== null) body.ttl = ttl;
    const answer = await call("replay_jobs", body, options);
    done = answer.count;
    skipped = answer.skipped;
  } else {
    const operation = { cancel: "cancel_job", complete: "complete_job", delete: "delete_job_by_id" }[name];
    for (const id of ids) if ((await call(operation, { job_id: id }, options)) !== null) done += 1;
  }
  if (isLeaving) return;
  const rest = ids.length - done;
  const why = skipped > 0 ? `, ${skipped} not, since a newer job has the place of each` : "";
  notify(`${jobs(done)} ${actions[name].done}${why}${rest > skipped ? `; ${rest - skipped} had changed meanwhile` : ""}.`);
  onDone?.();
}
