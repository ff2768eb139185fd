/** @typedef {import("../operations.js").Operation} Operation */

/**
 * Whether a call may be repeated although it may have been carried out. An add or a claim may only be if
 * the service knows its request id.
 *
 * @param {Operation} operation
 * @param {readonly Record<string, unknown>[]} items
 */
export function mayBeRepeated(operation, items) {
  switch (operation.repetition) {
    case "always": return true
    // With the token of the lease, a repetition cannot affect a later lease.
    case "lease": return items.every((item) => typeof item.lock_token === "string")
    case "request": return items.every((item) => typeof item.request_id === "string")
    case "ids": return items.every(isAboutGivenJobs)
    case "never": return false
  }
}

/**
 * Whether repeating a replay replays no job that was not asked for. With a maximum that is lower than the
 * number of matching jobs, a repetition would replay the next ones.
 *
 * @param {Record<string, unknown>} replay
 */
function isAboutGivenJobs(replay) {
  const { dry_run: isDryRun, job_ids: ids, max_jobs: most } = replay
  return isDryRun === true || (Array.isArray(ids) && ids.length <= Number(most ?? 1000))
}
