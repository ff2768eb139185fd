// Pages of jobs, by keys: page 10,000 costs as much as the first. The newest jobs come first.

import { call } from "./api.js";
import { filter } from "./search.js";
import { changingFields, rowFields } from "./table.js";

/** The number of jobs on a page. */
export const pageSize = 50;

function list(query, paging, signal, fields = rowFields) {
  return call("get_jobs", { filter: filter(query), fields, paging }, { signal });
}

/** The page that an address asks for: after a job, before one (`newer`), or the newest. */
export async function readPage(query, signal) {
  if (query.newer) {
    const { data } = await list(query, { take: pageSize, order: "asc", after: query.newer }, signal);
    return { data: data.reverse(), isLast: false };
  }
  const { data } = await list(query, { take: pageSize, order: "desc", after: query.after || undefined }, signal);
  return { data, isLast: data.length < pageSize };
}

/** The jobs between the first and the last one of a page, as they are now: those that match still, or only now. */
export async function readAgain(query, first, last, signal) {
  // A key behind the first one, so that the first is on the page; and more jobs, since some may match only now.
  const { data } = await list(query, { take: 2 * pageSize, order: "desc", after: `${first}!` }, signal, changingFields);
  return data.filter((job) => job.id >= last);
}

/** Jobs that were added after one, the oldest of them first; at most a page of them. */
export async function readNewer(query, first, signal) {
  return (await list(query, { take: pageSize, order: "asc", after: first }, signal, ["id"])).data;
}

/** A job by its id, with what a row shows; null if there is none. */
export async function readRow(id, signal) {
  return (await list({ id }, { take: 1 }, signal)).data[0] ?? null;
}

/** The jobs that a bare word means: the one with that id, else those with that reference and the other conditions. */
export async function findWords(query, signal) {
  const job = await readRow(query.words, signal);
  return job ? [job] : (await list({ ...query, ref_id: query.words }, { take: 1000, order: "desc" }, signal)).data;
}
