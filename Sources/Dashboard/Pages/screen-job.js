// One job: why it is where it is, what happened to it, and what can be done.

import { call, callText } from "./api.js";
import { actionButton } from "./actions.js";
import { copier } from "./button.js";
import { addCommand, curl } from "./command-line.js";
import { fill, h, heading, keyed, panel } from "./dom.js";
import { firstLine } from "./format.js";
import { factsOf } from "./job-facts.js";
import { memberOfFirst } from "./json-text.js";
import { jsonView } from "./json-view.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { session } from "./session.js";
import { badge, cancellable, replayable } from "./states.js";
import { likeIt } from "./like-it.js";
import { neighbours } from "./neighbours.js";
import { timeline } from "./timeline.js";

/** What is read again and again; the data of the job, which may be large, is read once. */
const lightFields = [
  "id", "type", "ref_id", "state", "created", "started", "locked_until", "execute_until", "completed", "retries", "priority",
  "delayed_until", "max_retries", "retry", "group", "traceparent", "worker", "failed", "cancelled", "cancel_requested", "error_key",
];
/** What is read again only when something has changed. */
const heavyFields = ["error", "attempts"];
/** Params of more characters than this are not asked for with each explanation. */
const large = 65536;

export default function job(root, { parts }) {
  const id = parts[0] ?? "";
  const problem = problemLine();
  const head = h("div", {});
  const why = h("p", { class: "why", id: "why" });
  const actions = h("div", { class: "row actions" });
  const facts = h("dl", {});
  const history = h("ol", { class: "timeline" });
  const note = h("div", {});
  const similar = likeIt();
  const others = neighbours(id);
  const parameters = dataView("Params", "params", id);
  const progress = dataView("Progress", "progress", id);
  const result = dataView("Result", "result", id);
  const content = h(
    "div", { class: "job" },
    h("div", { class: "first" }, why, actions, similar.element, panel("History", note, history)),
    h("div", { class: "second" }, panel("Facts", facts), others.element),
    h("div", { class: "data" }, session.who.hide_params
      ? h("p", { class: "quiet" }, "Params, progress and result are hidden by the configuration of the service.")
      : [result.element, progress.element, parameters.element]));
  fill(root, head, problem.element, content);
  let shown;
  let sentence;
  showHead();

  function showHead(job) {
    fill(head, heading(job ? firstLine(job.ref_id, 120) : "Job", h("code", { class: "id" }, id),
      h("span", { class: "copies" }, "Copy:", copier(id, "id"), copier(() => location.href, "address"),
        copier(() => curl("get_job_by_id", { job_id: id, details: true }), "as curl"),
        job && copier(() => addCommand(job, parameters.text), "a command that adds one like this"))));
  }

  const live = follow(
    async (signal) => {
      const job = (await call("get_jobs", { filter: { id }, fields: lightFields, paging: { take: 1 } }, { signal })).data[0];
      const signature = JSON.stringify(job);
      const hasChanged = job !== undefined && signature !== shown;
      const isLarge = (parameters.text?.length ?? 0) > large;
      const [heavy, text] = await Promise.all([
        hasChanged ? call("get_jobs", { filter: { id }, fields: heavyFields, paging: { take: 1 } }, { signal }) : undefined,
        job && (hasChanged || !isLarge) ? explanation(id, signal) : sentence,
      ]);
      sentence = text;
      return { job: hasChanged ? { ...job, ...heavy.data[0] } : job, signature, hasChanged, text };
    },
    ({ job, signature, hasChanged, text }) => {
      problem.clear(content);
      content.classList.toggle("gone", !job);
      if (!job) {
        fill(actions);
        return fill(why, shown ? "This job has been removed. Below is what it was."
          : "There is no job with this id: it was removed, or it never existed.");
      }
      fill(why, badge(job.state), " ", h("bdi", {}, text ?? ""));
      if (!hasChanged) return;
      if (!shown) {
        showHead(job);
        others.show(job);
        parameters.load(() => undefined);
      }
      shown = signature;
      fill(actions, actionButtons(job, () => live.now()));
      fill(facts, factsOf(job));
      const kept = (job.attempts ?? []).length;
      fill(note, kept >= 10 && kept < job.retries && h("p", { class: "quiet" },
        `The last ${kept} attempts that did not complete the job are kept; it was started ${job.retries} times.`));
      keyed(history, timeline(job), { key: (item) => item.key, sign: (item) => item.signature, render: (item) => item.element() });
      similar.show(job, () => live.now());
      if (job.completed) result.load();
      if (job.started || job.retries > 0) progress.load(true);
    },
    (error) => problem.show(error, content));
  return () => live.end();
}

/** Why the job is where it is. The answer has the params as well. */
async function explanation(id, signal) {
  const answer = await call("explain_job", { job_id: id }, { signal });
  return answer?.message;
}

/** A part of the screen for a member of the job that may be large. */
function dataView(name, member, id) {
  const element = h("div", {});
  const view = {
    element, text: undefined,
    async load(isAgain = false) {
      if (session.who.hide_params || (view.text !== undefined && isAgain !== true)) return;
      try {
        const answer = await callText("get_jobs", { filter: { id }, fields: [member], paging: { take: 1 } });
        const text = memberOfFirst(answer, member);
        if (text === view.text) return;
        view.text = text;
        fill(element, text !== undefined && text !== "null" ? jsonView(name, text)
          : member === "params" && panel("Params", h("p", { class: "quiet" }, "This job has no params.")));
      } catch {
        // The next change of the job reads it again; the screen tells that the service is unavailable.
      }
    },
  };
  return view;
}

function actionButtons(job, onDone) {
  const ids = () => [job.id];
  return [
    replayable.has(job.state) && actionButton("replay", ids, onDone),
    cancellable.has(job.state) && !job.cancel_requested && actionButton("cancel", ids, onDone),
    job.state === "running" && actionButton("release", ids, onDone),
    cancellable.has(job.state) && actionButton("complete", ids, onDone),
    actionButton("delete", ids, onDone),
  ];
}
