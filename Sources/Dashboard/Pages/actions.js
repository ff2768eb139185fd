// What can be done to chosen jobs: with ten seconds to undo it, and more than 20 of them, or any removal, only
// after the number was typed.

import { call } from "./api.js";
import { button } from "./button.js";
import { ask, confirm } from "./dialog.js";
import { h } from "./dom.js";
import { jobs } from "./format.js";
import { notify, notifyFailure, withUndo } from "./notice.js";
import { forbidden } from "./session.js";

/** Up to so many jobs an action needs no question. */
export const few = 20;

/** The actions: the word, the scope, and what it is called while it goes on and afterwards. */
export const actions = {
  replay: { word: "Replay", doing: "Replaying", done: "replayed", scope: "jobs:operate" },
  cancel: { word: "Cancel", doing: "Cancelling", done: "cancelled", scope: "jobs:operate" },
  complete: { word: "Complete", doing: "Completing", done: "completed", scope: "jobs:work" },
  release: { word: "Take the lease away", doing: "Taking away the lease of", done: "given back", scope: "jobs:work" },
  delete: { word: "Delete", doing: "Deleting", done: "deleted", scope: "jobs:admin" },
};

const operations = { cancel: "cancel_job", complete: "complete_job", delete: "delete_job_by_id", release: "abort_job" };

/** The button of an action on jobs; `ids` returns the ids when it is used. `why` is a reason against it. */
export function actionButton(name, ids, onDone, { why } = {}) {
  const action = actions[name];
  return button(action.word, () => carryOut(name, ids(), onDone), {
    why: forbidden(action.scope) ?? why, kind: name === "delete" ? "danger" : undefined, id: `do-${name}`,
    key: name === "replay" ? "r" : undefined,
  });
}

/** Carries out an action on jobs, after the question or the time to undo that it needs. */
export async function carryOut(name, ids, onDone) {
  const action = actions[name];
  if (ids.length === 0) return notify("No job is selected.");
  try {
    const ttl = name === "replay" ? await deadlineOfReplay(ids) : null;
    if (ttl === undefined) return;
    if (name === "delete" || ids.length > few) {
      const text = name === "delete"
        ? h("p", {}, "Deleted jobs are gone, with their params, results and histories. They cannot be brought back.")
        : h("p", {}, `This concerns ${jobs(ids.length)}.`);
      const isSure = await confirm(`${action.word} ${jobs(ids.length)}?`, text, {
        yes: action.word, number: ids.length, kind: name === "delete" ? "danger" : "main",
      });
      if (!isSure) return;
    } else if (name === "release") {
      const text = h("p", {}, "Another worker can claim the job at once. The one that has it learns so from its next call: "
        + "its token is refused with 409.");
      if (!(await confirm("Take the lease away?", text, { yes: action.word }))) return;
    }
    await withUndo(`${action.doing} ${jobs(ids.length)}`, (isLeaving) => apply(name, ids, ttl, isLeaving, onDone));
  } catch (error) {
    notifyFailure(error);
  }
}

/** Expired jobs need a new deadline, so a dry run tells whether to ask for one. Null: the old deadline stays. */
async function deadlineOfReplay(ids) {
  const plain = await call("replay_jobs", { job_ids: ids, dry_run: true });
  if (plain.count === ids.length) return null;
  const forEver = await call("replay_jobs", { job_ids: ids, ttl: 0, dry_run: true });
  const expired = forEver.count - plain.count;
  if (expired > 0) return askForDeadline(jobs(expired));
  if (plain.count > 0) return null;
  notify("These jobs cannot be replayed: they wait, run or are completed.");
  return undefined;
}

/** Asks how long jobs past their deadline may be started. Resolves to milliseconds, 0 for ever, or null for none. */
export function askForDeadline(which) {
  return ask(`${which} past the deadline`, (close) => h(
    "div", {},
    h("p", {}, "They can be replayed only with a new deadline, which all these jobs get."),
    h("p", { class: "row" },
      button("Without a deadline", () => close(0)), button("One hour", () => close(3600000)),
      button("One day", () => close(86400000)), button("Leave them out", () => close(null), { kind: "quiet" }))));
}

async function apply(name, ids, ttl, isLeaving, onDone) {
  const options = { keepalive: isLeaving };
  let done = 0;
  let skipped = 0;
  if (name === "replay") {
    const answer = await call("replay_jobs", ttl === null ? { job_ids: ids } : { job_ids: ids, ttl }, options);
    done = answer.count;
    skipped = answer.skipped;
  } else {
    for (const id of ids) if ((await call(operations[name], { job_id: id }, options)) !== null) done += 1;
  }
  if (isLeaving) return;
  const rest = ids.length - done - skipped;
  const why = skipped > 0 ? ` ${jobs(skipped)} not, since a newer job has the place of each.` : "";
  notify(`${jobs(done)} ${actions[name].done}.${why}${rest > 0 ? ` ${jobs(rest)} had changed meanwhile.` : ""}`);
  onDone?.();
}
