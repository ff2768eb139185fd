// Short messages about what was done, and the time in which an action can be taken back.

import { button, h } from "./dom.js";

const place = () => document.getElementById("notices");
const pending = new Set();

/** Shows a message for a while. A problem stays until it is closed. */
export function notify(text, { isProblem = false, beside = [] } = {}) {
  const element = h("div", { class: isProblem ? "notice problem" : "notice" }, h("span", {}, text), beside);
  const close = () => element.remove();
  element.append(button("Close", close, { kind: "quiet" }));
  place().append(element);
  if (!isProblem) setTimeout(close, 8000);
  return element;
}

/** Shows the failure of an action. */
export function notifyFailure(error) {
  const id = error.correlation ? ` (correlation id ${error.correlation})` : "";
  notify(`${error.message}${id}`, { isProblem: true });
}

/**
 * Carries out an action after ten seconds, in which it can be undone. Leaving the page carries it out.
 * `act` gets whether the page is being left.
 */
export function withUndo(text, act, seconds = 10) {
  return new Promise((resolve) => {
    let left = seconds;
    const clock = h("span", { class: "clock" }, `in ${left} s`);
    const entry = { leave: () => act(true) };
    const end = async (isWanted) => {
      clearInterval(timer);
      pending.delete(entry);
      element.remove();
      if (!isWanted) return resolve(false);
      try {
        await act(false);
        resolve(true);
      } catch (error) {
        notifyFailure(error);
        resolve(false);
      }
    };
    const undo = button("Undo", () => end(false));
    const element = h(
      "div", { class: "notice" }, h("span", {}, text, " ", clock), undo,
      button("Do it now", () => end(true), { kind: "quiet" }));
    const timer = setInterval(() => {
      left -= 1;
      clock.textContent = `in ${left} s`;
      if (left <= 0) end(true);
    }, 1000);
    pending.add(entry);
    place().append(element);
    undo.focus();
  });
}

addEventListener("pagehide", () => {
  for (const entry of pending) entry.leave();
  pending.clear();
});
