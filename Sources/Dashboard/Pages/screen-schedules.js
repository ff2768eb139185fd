// Schedules: when each fires next, its last job, and a way to run it now or to pause it.

import { call } from "./api.js";
import { button, fill, h, heading, link } from "./dom.js";
import { duration, time } from "./format.js";
import { follow } from "./live.js";
import { notify, notifyFailure } from "./notice.js";
import { problemLine } from "./problem.js";
import { forbidden } from "./session.js";

export default function schedules(root) {
  const problem = problemLine();
  const body = h("tbody");
  const table = h(
    "div", { class: "scroll" },
    h("table", { class: "types" }, h("caption", {}, "Schedules"),
      h("thead", {}, h("tr", {}, ["Id", "Fires", "Type", "Next", "Last", "Actions"].map((name) => h("th", { scope: "col" }, name)))),
      body));
  fill(root, heading("Schedules"), problem.element, table);
  const live = follow(
    (signal) => call("get_schedules", { paging: { take: 1000 } }, { signal }),
    (answer) => {
      problem.clear(table);
      fill(body, answer.data.map(rowOf), answer.data.length === 0 && h("tr", {}, h("td", { colspan: 6 },
        "There are no schedules. Add one with: jobs schedule set nightly --cron '0 3 * * *' …")));
    },
    (error, wait) => problem.show(error, wait, table));

  function rowOf(row) {
    const why = forbidden("jobs:operate");
    return h(
      "tr", {}, h("th", { scope: "row" }, row.id),
      h("td", { "data-title": "Fires" }, row.cron ? [h("code", {}, row.cron), ` ${row.time_zone ?? ""}`] : `every ${duration(row.every)}`,
        row.paused && h("span", { class: "paused" }, " paused")),
      h("td", { "data-title": "Type" }, link(`/type/${encodeURIComponent(row.new_job.type)}`, row.new_job.type)),
      h("td", { "data-title": "Next" }, row.paused ? "" : time(row.next)),
      h("td", { "data-title": "Last" }, row.last_job_id ? link(`/job/${encodeURIComponent(row.last_job_id)}`, "job") : "", " ", time(row.last)),
      h("td", {}, h("div", { class: "row" },
        button("Run now", () => run(row), { why, label: `Run ${row.id} now` }),
        button(row.paused ? "Resume" : "Pause", () => pause(row), { why, label: `${row.paused ? "Resume" : "Pause"} ${row.id}` }))));
  }

  async function run(row) {
    try {
      const job = await call("run_schedule", { id: row.id });
      notify(job ? "A job was added." : "The schedule does not exist any more.", {
        beside: job ? [link(`/job/${encodeURIComponent(job.id)}`, "See the job")] : [],
      });
      live.now();
    } catch (error) {
      notifyFailure(error);
    }
  }

  async function pause(row) {
    const { next, last, last_job_id, ...schedule } = row;
    try {
      await call("set_schedule", { ...schedule, paused: !row.paused });
      live.now();
    } catch (error) {
      notifyFailure(error);
    }
  }

  return () => live.end();
}
