// Reads something again and again while the tab is seen, slower when the service is busy.

import { refreshTimes } from "./format.js";

const pace = 5000;
const slowest = 60000;

/**
 * Calls `load` now and every few seconds, and passes its result to `show`; a failure goes to `fail`.
 * Returns a function that ends it, and one to call it at once.
 */
export function follow(load, show, fail) {
  const control = new AbortController();
  let wait = pace;
  let timer;
  let isRunning = false;

  async function turn() {
    clearTimeout(timer);
    if (control.signal.aborted || isRunning) return;
    if (document.hidden) return;
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
      if (!control.signal.aborted) timer = setTimeout(turn, wait);
    }
  }

  const seen = () => {
    if (!document.hidden) turn();
  };
  document.addEventListener("visibilitychange", seen);
  turn();
  return {
    now: turn,
    end() {
      control.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

setInterval(() => {
  if (!document.hidden) refreshTimes();
}, 1000);
