// Short messages about what was done, and the time in which an action can be taken back.

import { h } from "./dom.js";

const place = () => document.getElementById("notices");
const pending = new Set();

/** Shows a message for a while. A problem, and what `stays`, is there until it is closed. */
export function notify(text, { isProblem = false, stays = isProblem, beside = [] } = {}) {
  const element = h("div", { class: isProblem ? "notice problem" : "notice" }, h("span", {}, text), beside);
  const close = () => element.remove();
  element.append(h("button", { type: "button", class: "quiet", onclick: close }, "Close"));
  place().append(element);
  if (!stays) setTimeout(close, 8000);
  return element;
}

/** Shows the failure of an action. */
export function notifyFailure(error) {
  const id = error.correlation ? ` (correlation id ${error.correlation})` : "";
  notify(`${error.message}${id}`, { isProblem: true });
}

/**
 * Waits for ten seconds, in which an action can be undone, and carries it out. Leaving the page carries it out as
 * well: `act` gets whether the page is being left. With `isBegun` the service waits itself, and `act` is called at
 * once when the time is over, `undo` if it was undone. Resolves to whether it was carried out.
 */
export function withUndo(text, act, { seconds = 10, undo } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const end = performance.now() + seconds * 1000;
    const clock = h("span", { class: "clock", "aria-hidden": "true" });
    const entry = { leave: () => !undo && act(true) };
    const finish = async (isWanted) => {
      clearInterval(timer);
      pending.delete(entry);
      if (element.contains(document.activeElement)) back(before);
      element.remove();
      try {
        await (isWanted ? act(false) : undo?.());
        if (!isWanted) notify("Undone: nothing was changed.");
      } catch (error) {
        notifyFailure(error);
      }
      resolve(isWanted);
    };
    const undoButton = h("button", { type: "button", class: "undo", onclick: () => finish(false) }, "Undo");
    const element = h(
      "div", { class: "notice" }, h("span", {}, text), clock, undoButton,
      !undo && h("button", { type: "button", class: "quiet", onclick: () => finish(true) }, "Do it now"));
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      clock.textContent = `in ${Math.max(left, 0)} s`;
      if (left <= 0) finish(true);
    };
    const timer = setInterval(tick, 250);
    tick();
    pending.add(entry);
    place().append(element);
    undoButton.focus({ preventScroll: true });
  });
}

/** Gives the focus back to what had it, or to the screen if that is gone. */
export function back(element) {
  const target = element?.isConnected ? element : document.getElementById(element?.id) ?? document.getElementById("main");
  target.focus({ preventScroll: true });
}

addEventListener("pagehide", () => {
  for (const entry of pending) entry.leave();
  pending.clear();
});
