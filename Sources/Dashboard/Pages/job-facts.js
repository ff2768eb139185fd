// What is known of a job, name by name.

import { h, link, typePath } from "./dom.js";
import { errorText, foreign, fullTime } from "./format.js";

/** The facts of a job, as terms and descriptions; those it does not have are left out. */
export function factsOf(job) {
  const text = (value, length = 300) => foreign(value, length);
  // An empty name is no condition of a list, so it is no link.
  const named = (name) => typeof job[name] === "string" && (job[name] === "" ? text("")
    : link("/jobs", text(job[name]), { type: job.type, [name]: job[name] }));
  const rows = [
    ["Type", link(typePath(job.type), text(job.type))],
    ["Reference", named("ref_id")],
    ["Added", fullTime(job.created)],
    ["Starts", job.max_retries ? `${job.retries} of ${job.max_retries}` : String(job.retries)],
    ["Priority", job.priority && String(job.priority)],
    ["Group", named("group")],
    ["Waits until", job.state === "delayed" && fullTime(job.delayed_until)],
    ["Lease ends", job.state === "running" && fullTime(job.locked_until)],
    ["Lease ended", job.state !== "running" && fullTime(job.locked_until)],
    ["Last worker", named("worker")],
    ["Deadline", fullTime(job.execute_until)],
    ["Cancellation", job.cancel_requested && !job.cancelled && ["requested ", fullTime(job.cancel_requested)]],
    ["Last error", job.error && text(errorText(job.error), 200)],
    ["Retry", job.retry && Object.entries(job.retry).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(", ")],
    ["Trace", job.traceparent && h("code", {}, job.traceparent)],
  ];
  return rows.filter(([, value]) => value && value.length !== 0).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}
