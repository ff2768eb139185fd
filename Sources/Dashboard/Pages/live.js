// Reads something periodically while the tab is visible, less often while the service is busy or unavailable.

import { refreshTimes } from "./format.js";

const slowest = 15000;
const all = new Set();
let arePaused = false;

/** Whether the pages read by themselves. */
export const updates = {
  get arePaused() {
    return arePaused;
  },
  set arePaused(value) {
    arePaused = value;
    if (!value) for (const turn of all) turn();
  },
};

/**
 * Calls `load` now and every few seconds, and passes its result to `show`; a failure goes to `fail`.
 * Returns a function that ends it, and one to call it at once.
 */
export function follow(load, show, fail, { pace = 5000 } = {}) {
  const control = new AbortController();
  let wait = pace;
  let timer;
  let isRunning = false;
  let isWantedAgain = false;

  async function now() {
    clearTimeout(timer);
    if (control.signal.aborted) return;
    if (isRunning) {
      isWantedAgain = true;
      return;
    }
    isRunning = true;
    try {
      const result = await load(control.signal);
      if (control.signal.aborted) return;
      wait = pace;
      show(result);
    } catch (error) {
      if (control.signal.aborted || error.name === "AbortError") return;
      wait = Math.min(wait * 2, slowest);
      fail(error, wait);
    } finally {
      isRunning = false;
      if (!control.signal.aborted) timer = setTimeout(turn, isWantedAgain ? 0 : wait);
      isWantedAgain = false;
    }
  }

  function turn() {
    if (!document.hidden && !arePaused) now();
  }

  const seen = () => turn();
  document.addEventListener("visibilitychange", seen);
  all.add(turn);
  now();
  return {
    now,
    end() {
      control.abort();
      clearTimeout(timer);
      all.delete(turn);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

setInterval(() => {
  if (!document.hidden) refreshTimes();
}, 1000);
