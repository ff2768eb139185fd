// One job: why it is where it is, what happened to it, and what can be done.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { button, copier, fill, h, heading, link } from "./dom.js";
import { duration, errorText, exact, firstLine, time } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { session } from "./session.js";
import { badge, cancellable, replayable } from "./states.js";
import { jsonView } from "./json-view.js";

export default function job(root, { parts }) {
  const id = parts[0] ?? "";
  const problem = problemLine();
  const head = h("div", {});
  const why = h("p", { class: "why" });
  const facts = h("dl", {});
  const history = h("section", { "aria-labelledby": "history" });
  const data = h("section", { "aria-label": "Data" });
  const actions = h("div", { class: "row actions", "data-key": "r" });
  fill(root, head, problem.element, why, actions, facts, history, data);
  fill(head, heading("Job", h("code", { class: "id" }, id), copier(id, "Copy the id")));

  let shown = "";
  const live = follow(
    async (signal) => {
      const [job, explanation] = await Promise.all([
        call("get_job_by_id", { job_id: id, details: true }, { signal }),
        call("explain_job", { job_id: id }, { signal }),
      ]);
      return { job, explanation };
    },
    ({ job, explanation }) => {
      problem.clear(root);
      if (!job) {
        fill(why, "There is no job with this id: it was removed, or it never existed.");
        return fill(actions);
      }
      fill(why, badge(job.state), " ", explanation?.message ?? "");
      // Only what has changed is shown anew, so that folds stay as one left them.
      const state = JSON.stringify(job);
      if (state === shown) return;
      shown = state;
      fill(actions, actionButtons(job, () => live.now()));
      fill(facts, factsOf(job));
      fill(history, h("h2", { id: "history" }, "History"), timeline(job));
      showData(data, job);
    },
    (error, wait) => problem.show(error, wait, root));
  return () => live.end();
}

function actionButtons(job, onDone) {
  const ids = () => [job.id];
  return [
    replayable.has(job.state) && actionButton("replay", ids, onDone),
    cancellable.has(job.state) && !job.cancel_requested && actionButton("cancel", ids, onDone),
    cancellable.has(job.state) && actionButton("complete", ids, onDone),
    actionButton("delete", ids, onDone),
  ];
}

function factsOf(job) {
  const rows = [
    ["Type", link(`/type/${encodeURIComponent(job.type)}`, job.type)],
    ["Reference", job.ref_id && link("/jobs", job.ref_id, { ref_id: job.ref_id, type: job.type })],
    ["Added", time(job.created)],
    ["Starts", job.max_retries ? `${job.retries} of ${job.max_retries}` : String(job.retries)],
    ["Priority", job.priority && String(job.priority)],
    ["Group", job.group && link("/jobs", job.group, { type: job.type, group: job.group })],
    ["Waits until", job.state === "delayed" && time(job.delayed_until)],
    ["Lease ends", job.locked_until && time(job.locked_until)],
    ["Worker", job.worker && link("/jobs", job.worker, { worker: job.worker })],
    ["Deadline", job.execute_until && time(job.execute_until)],
    ["Cancellation", job.cancel_requested && !job.cancelled && ["requested ", time(job.cancel_requested)]],
    ["Last error", errorText(job.error)],
    ["Retry", job.retry && Object.entries(job.retry).map(([name, value]) => `${name} ${value}`).join(", ")],
    ["Trace", job.traceparent && h("code", {}, job.traceparent)],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

/** What happened, oldest first: the attempts that did not end in completion, and the moments of the job itself. */
function timeline(job) {
  const items = [{ at: job.created, what: ["Added"] }];
  for (const attempt of job.attempts ?? []) {
    items.push({ at: attempt.ended, what: attemptLine(attempt), error: attempt.error });
  }
  if (job.started) items.push({ at: job.started, what: ["Attempt ", String(job.retries), " began", job.worker && [" on ", job.worker]] });
  if (job.completed) items.push({ at: job.completed, what: ["Completed"] });
  if (job.failed) items.push({ at: job.failed, what: ["Failed for good"] });
  if (job.cancelled) items.push({ at: job.cancelled, what: ["Cancelled"] });
  const kept = (job.attempts ?? []).length;
  return [
    kept >= 10 && h("p", {}, "The last 10 attempts are kept."),
    h("ol", { class: "timeline" }, items.map((item) => h(
      "li", {}, h("span", { class: "when", title: exact(item.at) }, time(item.at)), " ", h("span", {}, item.what),
      item.error && errorFold(item.error)))),
  ];
}

function attemptLine(attempt) {
  const length = attempt.started && new Date(attempt.ended) - new Date(attempt.started);
  return [
    `Attempt ${attempt.attempt} ${attempt.outcome}`, attempt.worker && ` on ${attempt.worker}`,
    length >= 0 && ` after ${duration(length)}`, attempt.delay > 0 && `, next one in ${duration(attempt.delay)}`,
    attempt.reason && `, the last one: ${{ no_retry: "its worker said so", limit: "no start is left", deadline: "its deadline comes first" }[attempt.reason] ?? attempt.reason}`,
  ];
}

function errorFold(error) {
  const text = errorText(error);
  const isShort = text === firstLine(text) && !error.details;
  if (isShort) return h("div", { class: "error" }, text);
  return h(
    "details", { class: "error" }, h("summary", {}, firstLine(text)), h("pre", {}, text),
    error.details !== undefined && jsonView("Details", error.details));
}

function showData(element, job) {
  if (session.who.hide_params) {
    return fill(element, h("p", {}, "Params, progress and result are hidden by the configuration."));
  }
  fill(
    element, jsonView("Params", job.params), job.progress !== undefined && jsonView("Progress", job.progress),
    job.result !== undefined && jsonView("Result", job.result),
    h("p", { class: "row" }, button("Add one like this", () => addLike(job), { kind: "quiet" })));
}

/** Copies the command that adds a job like this one. */
async function addLike(job) {
  const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;
  const params = job.params === null || job.params === undefined ? "" : ` --params ${quoted(JSON.stringify(job.params))}`;
  await navigator.clipboard.writeText(`jobs add ${quoted(job.type)} ${quoted(job.ref_id)}${params}`);
  const { notify } = await import("./notice.js");
  notify("The command that adds a job like this is copied.");
}
