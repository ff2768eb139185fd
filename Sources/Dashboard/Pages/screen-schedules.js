// Schedules: when each fires next, its last job, and a way to run it now, to pause and to delete it.

import { call } from "./api.js";
import { button } from "./button.js";
import { firings } from "./cron-times.js";
import { cronInWords } from "./cron-words.js";
import { confirm } from "./dialog.js";
import { fill, h, heading, jobPath, link, typePath } from "./dom.js";
import { duration, firstLine, foreign, time } from "./format.js";
import { follow } from "./live.js";
import { notify, notifyFailure } from "./notice.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import { forbidden } from "./session.js";

export default function schedules(root) {
  const problem = problemLine();
  let isRead = false;
  const table = new LiveTable({
    caption: "Schedules, which add jobs on their own", kind: "schedules", key: (row) => row.id, things: ["schedule", "schedules"],
    empty: () => isRead && h("div", { class: "empty" }, h("p", {}, "There are no schedules. Set one from the command line:"),
      h("pre", { tabindex: "0", role: "group", "aria-label": "Command" },
        "jobsctl schedule set nightly report all --cron '0 3 * * *' --time-zone Europe/Berlin")),
    columns: [
      {
        title: "Id", kind: "type", isHeader: true, value: (row) => row.id,
        cell: (row) => h("span", { class: "open", tabindex: "-1" }, foreign(row.id, 80)),
      },
      { title: "Fires", kind: "fires", value: (row) => [row.cron, row.every, row.time_zone, row.paused], cell: fires },
      {
        title: "Adds", kind: "type", value: (row) => row.new_job,
        cell: (row) => [link(typePath(row.new_job.type), foreign(row.new_job.type, 60)), " ", foreign(row.new_job.ref_id, 60)],
      },
      { title: "Next", kind: "when", value: (row) => [row.next, row.paused], cell: next },
      {
        title: "Last", kind: "when", value: (row) => [row.last, row.last_job_id],
        cell: (row) => [row.last ? time(row.last) : "not fired yet", row.last_job_id && [", ", link(jobPath(row.last_job_id), "last job")]],
      },
      { title: "Actions", kind: "actions", value: (row) => row.paused ?? false, cell: actionsOf },
    ],
  });
  fill(root, heading("Schedules"), problem.element, table.element);
  const live = follow(
    (signal) => call("get_schedules", { paging: { take: 1000 } }, { signal }),
    (answer) => {
      problem.clear(table.element);
      isRead = true;
      table.update(answer.data);
    },
    (error) => problem.show(error, table.element));

  function actionsOf(row) {
    const why = forbidden("jobs:operate");
    const name = firstLine(row.id, 100);
    const key = row.id;
    return h(
      "div", { class: "row tight" }, button("Run now", () => run(key), { why, label: `Run ${name} now`, id: `run-${key}` }),
      button(row.paused ? "Enable" : "Pause", () => pause(key, !row.paused),
        { why, label: `${row.paused ? "Enable" : "Pause"} ${name}`, id: `pause-${key}` }),
      button("Delete", () => remove(key), { why, label: `Delete ${name}`, kind: "danger" }));
  }

  async function change(act, text, beside) {
    try {
      const answer = await act();
      notify(answer ? text : "The schedule does not exist any more.", { beside: answer && beside ? [beside(answer)] : [] });
      live.now();
    } catch (error) {
      notifyFailure(error);
    }
  }

  function run(id) {
    return change(() => call("run_schedule", { id }), "A job was added.", (job) => link(jobPath(job.id), "Open the job"));
  }

  /** The schedule is read again first, so that a change by another is not undone. */
  function pause(id, isPaused) {
    return change(async () => {
      const row = (await call("get_schedules", { id })).data[0];
      if (!row) return null;
      const { next, last, last_job_id, ...schedule } = row;
      return call("set_schedule", { ...schedule, paused: isPaused });
    }, isPaused ? "The schedule is paused. Firings that are missed meanwhile are not caught up." : "The schedule is enabled.");
  }

  async function remove(id) {
    const isSure = await confirm(`Delete the schedule ${firstLine(id, 100)}?`, h("p", {}, "Its jobs stay."), { yes: "Delete", kind: "danger" });
    if (isSure) await change(() => call("delete_schedule", { id }), "The schedule is deleted.");
  }

  return () => live.end();
}

function fires(row) {
  const paused = row.paused && h("div", { class: "paused" }, h("span", { "aria-hidden": "true" }, "‖ "), "paused");
  if (!row.cron) return [`every ${duration(row.every)}`, paused];
  const words = cronInWords(row.cron);
  return [words && h("div", {}, words), h("code", {}, row.cron), ` ${row.time_zone ?? "UTC"}`, paused];
}

function next(row) {
  if (row.paused) return "";
  if (!row.next) return "not again";
  const times = row.cron ? firings(row.cron, row.time_zone ?? "UTC", row.next, 3)
    : [0, 1, 2].map((index) => new Date(Date.parse(row.next) + index * row.every).toISOString());
  return times.filter((date) => !row.until || date < row.until).map((date) => h("div", {}, time(date)));
}
