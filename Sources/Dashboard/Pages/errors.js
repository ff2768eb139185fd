// Failures in groups: by type and by message without its numbers and ids.

import { call } from "./api.js";
import { button, fill, h, link } from "./dom.js";
import { confirm } from "./dialog.js";
import { count, errorText, firstLine, jobs, time } from "./format.js";
import { follow } from "./live.js";
import { notify, notifyFailure, withUndo } from "./notice.js";
import { problemLine } from "./problem.js";
import { forbidden } from "./session.js";

/** A table of the groups, kept up to date. `limit` shows only the largest ones. */
export function errorGroups(query, limit) {
  const problem = problemLine();
  const body = h("tbody");
  const title = limit ? "The most frequent errors" : "Failed jobs, by type and error";
  const element = h(
    "section", { "aria-label": "Errors" }, problem.element,
    h("div", { class: "scroll" },
      h("table", { class: "types" }, h("caption", {}, title),
        h("thead", {}, h("tr", {}, ["Type", "Error", "Jobs", "First", "Last", "Example", "Actions"].map(
          (name) => h("th", { scope: "col", class: name === "Jobs" ? "number" : undefined }, name)))),
        body)));
  const live = follow(
    (signal) => call("get_errors", query, { signal }),
    (answer) => {
      problem.clear(element);
      const groups = limit ? answer.data.slice(0, limit) : answer.data;
      fill(body, groups.map((group) => rowOf(group, () => live.now())),
        groups.length === 0 && h("tr", {}, h("td", { colspan: 7 }, "No failures.")));
    },
    (error, wait) => problem.show(error, wait, element));
  return { element, end: live.end };
}

function rowOf(group, onDone) {
  const number = group.count_is_at_least ? `${count(group.count)}+` : count(group.count);
  const query = { type: group.type, error_key: group.error_key };
  return h(
    "tr", {}, h("td", { "data-title": "Type" }, link(`/type/${encodeURIComponent(group.type)}`, group.type)),
    h("th", { scope: "row" }, h("span", { title: errorText(group.example?.error) }, firstLine(group.error_key))),
    h("td", { "data-title": "Jobs", class: "number" }, link("/jobs", number, query, { "aria-label": `${number} jobs with this error` })),
    h("td", { "data-title": "First" }, time(group.first)), h("td", { "data-title": "Last" }, time(group.last)),
    h("td", { "data-title": "Example" }, group.example && link(`/job/${encodeURIComponent(group.example.job_id)}`, "see")),
    h("td", {}, button("Replay all", () => replayGroup(group, onDone),
      { why: forbidden("jobs:operate"), label: `Replay all jobs of ${group.type} with the error ${firstLine(group.error_key)}` })));
}

/** Replays the failed jobs of a group, 1,000 at a time. */
async function replayGroup(group, onDone) {
  const filter = { type: group.type, error_key: group.error_key };
  try {
    const preview = await call("replay_jobs", { filter, dry_run: true });
    if (preview.count === 0) return notify("None of these jobs can be replayed: they wait for their next attempt.");
    const text = preview.count >= 1000 ? "1,000 jobs or more" : jobs(preview.count);
    const isMany = preview.count > 20;
    if (isMany && !(await confirm(`Replay ${text}?`, firstLine(group.error_key), {
      yes: "Replay", number: preview.count,
    }))) return;
    await withUndo(`Replaying ${text}`, async (isLeaving) => {
      let done = 0;
      while (true) {
        const answer = await call("replay_jobs", { filter }, { keepalive: isLeaving });
        done += answer.count;
        if (answer.count < 1000 || isLeaving) break;
      }
      notify(`${jobs(done)} replayed.`);
      onDone();
    }, isMany ? 3 : 10);
  } catch (error) {
    notifyFailure(error);
  }
}
