// The jobs that match the conditions in the address, the newest first.

import { button, copier } from "./button.js";
import { chips, stateLinks } from "./chips.js";
import { curl, listCommand } from "./command-line.js";
import { askText } from "./dialog.js";
import { address, fill, h, heading, jobPath, link } from "./dom.js";
import { firstSteps } from "./first-steps.js";
import { count, counted, exact } from "./format.js";
import { findWords, pageSize, readAgain, readNewer, readPage, readRow } from "./job-pages.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { LiveTable } from "./rows.js";
import * as search from "./search.js";
import { selectionBar } from "./selection-bar.js";
import { jobColumns, rowFields, withError } from "./table.js";

/** At most so many jobs that have left the list are looked up at a time. */
const lookUps = 8;

export default function jobs(root, { query }) {
  const problem = problemLine();
  const places = h("nav", { class: "row pages", "aria-label": "Pages" });
  const filter = () => search.filter(query.words ? { ...query, ref_id: query.words } : query);
  const bar = selectionBar(filter, () => live.now());
  const table = new LiveTable({
    caption: "Jobs, the newest first", kind: "jobs", key: (job) => job.id, things: ["job", "jobs"],
    columns: jobColumns("id", "type", "ref_id", "state", "attempts", "created", "until", "worker", "error"),
    onSelect: () => bar.show(), onGone: lookAt, empty,
  });
  bar.table = table;
  const isFirst = !query.after && !query.newer;
  let isRead = false;

  fill(
    root,
    heading(
      "Jobs", h("span", { class: "copies" }, "Copy:", copier(() => location.href, "address"), copier(() => listCommand(query), "as command"),
        copier(() => curl("get_jobs", { filter: filter(), fields: rowFields, paging: { take: pageSize, order: "desc" } }), "as curl"))),
    chips(query), stateLinks(query), problem.element, bar.element, table.element, places);

  const live = follow(
    async (signal) => {
      if (query.words) return { data: await findWords(query, signal), isLast: true, isWhole: true };
      if (!isRead || table.isEmpty) return readPage(query, signal);
      const keys = table.rows.map((job) => job.id);
      const [again, newer] = await Promise.all([
        readAgain(query, keys[0], keys.at(-1), signal), isFirst ? readNewer(query, keys[0], signal) : [],
      ]);
      return { again, newer };
    },
    (answer) => {
      problem.clear(table.element);
      if (answer.again) return bringUpToDate(answer);
      if (answer.isWhole && answer.data.length === 1 && !isRead) {
        return location.replace(address(jobPath(answer.data[0].id)));
      }
      isRead = true;
      table.update(answer.data);
      showPlaces(answer);
    },
    (error) => problem.show(error, table.element));

  /** New jobs never move the rows that one reads: a button offers them. */
  function bringUpToDate({ again, newer }) {
    const before = new Map(table.rows.map((job) => [job.id, job]));
    table.update(again.map((job) => withError(job, before.get(job.id))));
    const shown = new Set(table.rows.map((job) => job.id));
    const fresh = [...newer, ...again].filter((job) => !shown.has(job.id));
    table.offer(fresh, showNewest, newer.length === pageSize);
  }

  async function showNewest() {
    if (!isFirst) return location.assign(address("/jobs", { ...query, after: undefined, newer: undefined }));
    try {
      const page = await readPage(query);
      table.show(page.data);
      showPlaces(page);
      scrollTo(0, 0);
    } catch (error) {
      problem.show(error, table.element);
    }
  }

  /** Jobs that no longer match keep their rows, which show their new states. */
  async function lookAt(ids) {
    for (const id of ids.slice(0, lookUps)) {
      try {
        const job = await readRow(id);
        if (job) table.patch(job, true);
      } catch {
        return; // The next turn of the screen tells of it.
      }
    }
  }

  function showPlaces({ data, isLast, isWhole }) {
    if (data.length === 0) return fill(places);
    const [first, last] = [data[0], data.at(-1)];
    const page = (name, members) => link("/jobs", name, { ...query, after: undefined, newer: undefined, ...members }, { class: "button" });
    fill(
      places,
      !isFirst && [page("Newest", {}), page("Newer", { newer: first.id })],
      !isLast && page("Older", { after: last.id }),
      isWhole ? undefined : button("Go to a time…", goToTime, { kind: "quiet" }),
      h("span", { class: "quiet" }, isFirst && isLast ? `These are all: ${count(data.length)}.`
        : `${counted(data.length, "job")}, added from ${exact(last.created)} to ${exact(first.created)}.`));
  }

  async function goToTime() {
    const text = await askText("Go to a time", "Show jobs that were added at this time (local) or earlier", {
      yes: "Go", type: "datetime-local",
    });
    const date = text && search.moment(text);
    if (date) location.assign(address("/jobs", { ...query, created_to: date, after: undefined, newer: undefined }));
  }

  function empty() {
    if (!isRead) return undefined;
    if (search.format(query) === "" && isFirst) return firstSteps();
    return h("div", { class: "empty" }, h("p", {}, isFirst ? "No job matches." : "There are no more jobs here."),
      query.words && h("p", {}, "A bare word is an id or a whole reference (ref_id)."),
      h("p", {}, link("/jobs", "Show all jobs")));
  }

  return () => live.end();
}
