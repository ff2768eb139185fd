// Operations on many jobs: how far each is, which caller requested it, and a way to cancel and to repeat it.

import { call } from "./api.js";
import { actions } from "./actions.js";
import { button } from "./button.js";
import { inWords, start } from "./bulk.js";
import { fill, h, heading } from "./dom.js";
import { count, foreign, jobs, time } from "./format.js";
import { follow } from "./live.js";
import { notify, notifyFailure } from "./notice.js";
import { problemLine } from "./problem.js";
import { progress } from "./progress.js";
import { LiveTable } from "./rows.js";
import { forbidden } from "./session.js";

const words = { waiting: "◷ waiting", running: "▶ running", done: "✓ done", cancelled: "– cancelled", failed: "✕ failed" };
const pageSize = 100;

export default function operations(root) {
  const problem = problemLine();
  const note = h("p", { class: "quiet" });
  let isRead = false;
  const table = new LiveTable({
    caption: "Operations on many jobs, the newest first", kind: "operations", key: (row) => row.id, things: ["operation", "operations"],
    empty: () => isRead && h("div", { class: "empty" }, h("p", {}, "Nothing was done to many jobs lately."),
      h("p", {}, "Choose All that match on the list of jobs, or act on a group of failures: what it does is then listed here, for 7 days.")),
    columns: [
      {
        title: "Operation", kind: "type", isHeader: true, value: (row) => [row.action, row.filter, row.reason],
        cell: (row) => [h("span", { class: "open", tabindex: "-1" }, actions[row.action]?.word ?? row.action), inWords(row.filter ?? {}),
          row.reason && h("div", {}, foreign(row.reason, 200))],
      },
      {
        title: "State", kind: "state-cell", value: (row) => row.state,
        cell: (row) => h("span", { class: `state ${stateClass[row.state] ?? ""}` }, words[row.state] ?? row.state),
      },
      {
        title: "Jobs", kind: "fires", value: (row) => [row.done, row.skipped, row.errors, row.total, row.state, row.updated],
        cell: (row) => [progress(row).element, h("div", { class: "quiet" }, outcome(row))],
      },
      {
        title: "Asked for", kind: "when", value: (row) => [row.created, row.started_by],
        cell: (row) => [time(row.created), row.started_by && [" by ", foreign(row.started_by, 60)]],
      },
      {
        title: "Ended", kind: "when", value: (row) => [row.ended, row.cancelled_by],
        cell: (row) => [time(row.ended), row.cancelled_by && [" by ", foreign(row.cancelled_by, 60)]],
      },
      { title: "Actions", kind: "actions", value: (row) => row.state, cell: actionOf },
    ],
  });
  fill(root, heading("Operations"), h("p", { class: "quiet" },
    "They run in the service, in batches beside its other work, whether or not a page is open."), problem.element, table.element, note);
  const live = follow(
    (signal) => call("get_operations", { max: pageSize }, { signal }),
    (answer) => {
      problem.clear(table.element);
      isRead = true;
      table.update(answer.data);
      fill(note, answer.data.length === pageSize && `These are the newest ${pageSize}.`);
    },
    (error) => problem.show(error, table.element), { pace: 3000 });

  function actionOf(row) {
    const isOpen = ["waiting", "running"].includes(row.state);
    const name = `${actions[row.action]?.word ?? row.action} of ${jobs(row.total, row.total_is_at_least)}`;
    return isOpen
      ? button("Cancel", () => cancel(row.id), { why: forbidden("jobs:operate"), label: `Cancel: ${name}` })
      : button("Repeat…", () => start(row.action, row.filter, () => live.now()),
        { why: forbidden(actions[row.action]?.scope ?? "jobs:admin"), label: `Repeat: ${name}`, kind: "quiet" });
  }

  async function cancel(id) {
    try {
      const operation = await call("cancel_operation", { operation_id: id });
      notify(operation?.state === "cancelled" ? `Cancelled after ${jobs(operation.done)}.` : "It had ended already.");
      live.now();
    } catch (error) {
      notifyFailure(error);
    }
  }

  return () => live.end();
}

const stateClass = { waiting: "delayed", running: "running", done: "completed", cancelled: "cancelled", failed: "failed" };

function outcome(row) {
  return [
    `${count(row.done)} ${actions[row.action]?.done ?? "done"}`, row.skipped > 0 && `, ${count(row.skipped)} had changed`,
    row.errors > 0 && `, ${count(row.errors)} refused`, row.last_error && [": ", foreign(row.last_error, 200)],
  ];
}
