// What happened in each minute of the last hour, put together from answers that overlap.

/** The series of a minute-by-minute account. */
export const series = ["added", "started", "completed", "failed"];

const minute = 60000;
const kept = 60;

/** The minutes of a type. Later numbers of a minute replace earlier ones. */
export class Minutes {
  #values = new Map();

  /** Takes the `rates` of an answer. */
  take(rates) {
    const from = Date.parse(rates?.from);
    if (Number.isNaN(from)) return;
    for (const name of series) {
      (rates[name] ?? []).forEach((value, index) => {
        const at = from + index * minute;
        const entry = this.#values.get(at) ?? {};
        entry[name] = value;
        this.#values.set(at, entry);
      });
    }
    const last = Math.max(...this.#values.keys());
    for (const at of this.#values.keys()) if (at <= last - kept * minute) this.#values.delete(at);
  }

  /** The hour that ends with the newest minute: per minute its time and numbers, undefined where unknown. */
  hour(since) {
    if (this.#values.size === 0) return [];
    const last = Math.max(...this.#values.keys());
    const known = since ? Date.parse(since) : -Infinity;
    return Array.from({ length: kept }, (_, index) => {
      const at = last - (kept - 1 - index) * minute;
      const entry = this.#values.get(at);
      return { at, ...(at + minute > known ? entry ?? {} : {}) };
    });
  }
}

/** The numbers per minute of the last whole minutes, the running one left out; undefined if unknown. */
export function pace(hour, name, length = 5) {
  const values = hour.slice(-1 - length, -1).map((entry) => entry[name]).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The hours of several types in one. */
export function together(hours) {
  const sums = new Map();
  for (const hour of hours) {
    for (const entry of hour) {
      const sum = sums.get(entry.at) ?? { at: entry.at };
      for (const name of series) if (entry[name] !== undefined) sum[name] = (sum[name] ?? 0) + entry[name];
      sums.set(entry.at, sum);
    }
  }
  return [...sums.values()].sort((a, b) => a.at - b.at).slice(-kept);
}
