// Failures in groups: by type and by message without its numbers and ids.

import { call } from "./api.js";
import { bulkButton } from "./bulk.js";
import { bars } from "./chart.js";
import { fold } from "./entry.js";
import { fill, h, jobPath, link, typePath } from "./dom.js";
import { count, counted, errorText, firstLine, foreign, jobs, time } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";

/** How many jobs of a group the service counts for its last hour at most. */
const mostRecent = 1000;

/** A name for a group, short enough for an id of an element. */
function groupKey(group) {
  let hash = 0;
  for (const letter of `${group.type}\n${group.error_key}`) hash = (hash * 31 + letter.codePointAt(0)) | 0;
  return `group-${hash >>> 0}`;
}

/** The number of jobs of a group, which a store may have counted in part. */
function groupCount(group) {
  return `${count(group.count)}${group.count_is_at_least ? " or more" : ""}`;
}

/** The conditions that select the jobs of a group. */
export const groupQuery = (group) => ({ type: group.type, error_key: group.error_key });

/** The buttons that act on all jobs of a group. */
export function groupActions(group, onDone, { isKey = false, all = "" } = {}) {
  const what = `${firstLine(group.type, 100)}: ${firstLine(group.error_key, 80)}`;
  const filter = (state) => ({ ...groupQuery(group), ...(state && { state }) });
  return h(
    "div", { class: "row tight" },
    bulkButton("replay", () => filter("failed"), {
      text: `Replay${all}`, onDone, label: `Replay all failed jobs of ${what}`, key: isKey ? "r" : undefined,
    }),
    bulkButton("cancel", () => filter("delayed"), {
      text: all ? "Cancel all that wait" : "Cancel", onDone, label: `Cancel the next attempts of all waiting jobs of ${what}`,
    }),
    bulkButton("delete", () => filter(), { text: `Delete${all}`, onDone, label: `Delete all jobs of ${what}` }));
}

/** How many jobs of a group failed in the last hour, which the service may not know. */
function recent(numbers) {
  if (!numbers) return h("span", { class: "zero" }, "unknown");
  const sum = numbers.reduce((all, number) => all + number, 0);
  if (sum === 0) return h("span", { class: "zero" }, "none");
  return [bars(numbers), sum < mostRecent ? count(sum) : `${count(sum)} or more`];
}

/** A table of the groups, kept up to date. `limit` shows only the largest ones, without actions on them. */
export function errorGroups(query, { limit, caption, empty } = {}) {
  const problem = problemLine();
  const note = h("p", { class: "quiet" });
  const columns = [
    {
      title: "Error", kind: "error", isHeader: true, value: (group) => [group.error_key, group.example],
      cell: (group) => [
        link("/jobs", foreign(group.error_key, 200), groupQuery(group), { class: "open", id: `open-${groupKey(group)}` }),
        group.example && fold(
          groupKey(group), "an example",
          [h("pre", {}, errorText(group.example.error)), link(jobPath(group.example.job_id), "Open this job")], { kind: "example" }),
      ],
    },
    { title: "Type", kind: "type", value: (group) => group.type, cell: (group) => link(typePath(group.type), foreign(group.type, 60)) },
    {
      title: "Jobs", kind: "number large", value: (group) => [group.count, group.count_is_at_least],
      cell: (group) => link("/jobs", groupCount(group), groupQuery(group), { "aria-label": `${jobs(group.count, group.count_is_at_least)} with this error` }),
    },
    { title: "Last hour", kind: "recent", value: (group) => group.recent, cell: (group) => recent(group.recent) },
    { title: "First", kind: "when", value: (group) => group.first, cell: (group) => time(group.first) },
    { title: "Last", kind: "when", value: (group) => group.last, cell: (group) => time(group.last) },
    !limit && {
      title: "Act on all", kind: "actions", value: (group) => group.type + group.error_key,
      cell: (group) => groupActions(group, () => live.now(), { isKey: true }),
    },
  ].filter(Boolean);
  const table = new LiveTable({ caption, columns, key: groupKey, kind: "groups", things: ["group", "groups"], empty });
  const element = h("div", {}, problem.element, table.element, note);
  const live = follow(
    (signal) => call("get_errors", query, { signal }),
    (answer) => {
      problem.clear(element);
      table.update(limit ? answer.data.slice(0, limit) : answer.data);
      const rest = limit ? answer.data.length - limit : 0;
      fill(note, rest > 0 && link("/failures", counted(rest, "more group"), { type: query.type }),
        answer.truncated && ` The service groups the ${count(answer.data.length)} largest; others are not shown.`,
        answer.as_of && [" As of ", time(answer.as_of), "."]);
    },
    (error) => problem.show(error, element), { pace: limit ? 20000 : 7000 });
  return { element, end: live.end };
}
