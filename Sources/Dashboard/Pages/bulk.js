// Actions on all jobs that match: operations of the service, which continue without this page, begin after ten
// seconds in which they can be undone, and can be cancelled while they run.

import { call } from "./api.js";
import { actions, few } from "./actions.js";
import { button } from "./button.js";
import { confirm } from "./dialog.js";
import { h, link } from "./dom.js";
import { exact, foreign, jobs } from "./format.js";
import { notify, notifyFailure, withUndo } from "./notice.js";
import { progress } from "./progress.js";
import { forbidden } from "./session.js";
import { refresh } from "./summary.js";

const delay = 10;

/** The button of an action on all jobs that match; `filter` returns the filter when it is used. */
export function bulkButton(name, filter, { text, label, onDone, why, key } = {}) {
  const action = actions[name];
  return button(text ?? `${action.word} all`, () => start(name, filter(), onDone), {
    why: forbidden(action.scope) ?? why, label, kind: name === "delete" ? "danger" : undefined, key,
  });
}

/** A filter as words, a line for each condition. */
export function inWords(filter) {
  const words = { error_key: "error", ref_id: "reference", created_from: "added since", created_to: "added until" };
  return h("ul", { class: "plain words" }, Object.entries(filter).map(([name, value]) => h(
    "li", {}, h("span", { class: "quiet" }, `${words[name] ?? name.replaceAll("_", " ")}: `),
    foreign(name.startsWith("created_") ? exact(value) : value, 300))));
}

/** Starts an action on all jobs that match, after the question that it needs. */
export async function start(name, filter, onDone) {
  const action = actions[name];
  try {
    const before = new Date().toISOString();
    const body = { action: name, filter };
    const preview = await call("start_operation", { ...body, dry_run: true });
    const { total, total_is_at_least: isAtLeast = false } = preview;
    if (total === 0) return notify(`There is no job that can be ${action.done}.`);
    const text = jobs(total, isAtLeast);
    if (name === "delete" || total > few) {
      const isSure = await confirm(`${action.word} ${text}?`, [
        inWords(filter),
        h("p", {}, `Jobs that are added after ${exact(before)} are left alone. `,
          name === "delete" && "Deleted jobs are gone: they cannot be brought back."),
      ], { yes: action.word, number: total, kind: name === "delete" ? "danger" : "main" });
      if (!isSure) return;
    }
    // The bound is the moment of the preview, so that no more jobs are concerned than were shown.
    const operation = await call("start_operation", { ...body, before: preview.before ?? before, start_delay: delay * 1000 });
    const id = { operation_id: operation.id };
    await withUndo(`${action.doing} ${text}`, () => watch(operation, action, onDone), {
      seconds: delay, undo: () => call("cancel_operation", id),
    });
  } catch (error) {
    notifyFailure(error);
  }
}

/** Shows how far an operation is, with a button to cancel it, until it has ended. */
function watch(operation, action, onDone) {
  const bar = progress(operation);
  const stop = button("Cancel", async () => {
    try {
      await call("cancel_operation", { operation_id: operation.id });
    } catch (error) {
      notifyFailure(error);
    }
  }, { why: forbidden("jobs:operate"), label: `Cancel: ${action.doing.toLowerCase()}` });
  const notice = notify("", { stays: true, beside: [
    h("span", {}, action.doing), bar.element, stop, link("/operations", "All operations"),
  ] });
  let pause = 500;
  const look = async () => {
    try {
      const now = await call("get_operation", { operation_id: operation.id });
      bar.show(now);
      if (["done", "cancelled", "failed"].includes(now?.state ?? "done")) return finish(now);
    } catch (error) {
      if (error.status === 403 || error.status === 401) return notifyFailure(error);
    }
    pause = Math.min(pause * 1.5, 5000);
    if (notice.isConnected) setTimeout(look, pause);
  };
  function finish(now) {
    notice.remove();
    const rest = now?.skipped ? ` ${jobs(now.skipped)} had changed, or it does not apply to them.` : "";
    const end = { cancelled: " Then it was cancelled.", failed: ` Then it failed: ${now?.last_error ?? "unknown"}.` };
    notify(`${jobs(now?.done ?? 0)} ${action.done}.${rest}${end[now?.state] ?? ""}`, { isProblem: now?.state === "failed" });
    refresh();
    onDone?.();
  }
  setTimeout(look, 200);
}
