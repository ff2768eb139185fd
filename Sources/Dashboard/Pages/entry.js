// What a screen remembers in its entry of the history: where it was scrolled to, what had the focus, what is
// selected and unfolded. So going back, going forward and loading again find it as it was left.

import { h } from "./dom.js";

const prefix = "jobs.entry.";
const most = 60;
let key;
let memory = {};

/** Begins with the entry that the browser is at now. */
export function enter() {
  key = history.state?.key;
  if (!key) {
    key = Math.random().toString(36).slice(2);
    history.replaceState({ key }, "");
  }
  memory = read(key);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + key)) ?? {};
  } catch {
    return {};
  }
}

/** What is remembered under a name. */
export function recall(name) {
  return memory[name];
}

/** Remembers a value for this entry. */
export function remember(name, value) {
  memory[name] = value;
  const names = JSON.parse(sessionStorage.getItem(prefix) ?? "[]").filter((name) => name !== key);
  names.push(key);
  while (names.length > most) sessionStorage.removeItem(prefix + names.shift());
  try {
    sessionStorage.setItem(prefix, JSON.stringify(names));
    sessionStorage.setItem(prefix + key, JSON.stringify(memory));
  } catch {
    // The store of the tab is full: going back finds the page at its top.
  }
}

/** Something that can be folded, and stays as it was left. */
export function fold(id, summary, content, { isOpen = false, kind } = {}) {
  const open = recall("folds")?.[id] ?? isOpen;
  return h(
    "details",
    {
      open, class: kind,
      ontoggle: ({ target }) => remember("folds", { ...recall("folds"), [id]: target.open }),
    },
    h("summary", {}, summary), content);
}

/** Scrolls to where the entry was left and gives the focus back, as soon as what was there is shown again. */
export function returnToPlace(root) {
  const { scroll = 0, focus } = memory;
  const mine = key;
  let isFocused = !focus;
  const seek = () => {
    if (key !== mine) return end();
    const element = isFocused ? undefined : document.getElementById(focus);
    if (element) {
      element.focus({ preventScroll: true });
      isFocused = true;
    }
    scrollTo(0, scroll);
    if (isFocused && Math.abs(scrollY - scroll) < 2) end();
  };
  const observer = new ResizeObserver(seek);
  const timer = setTimeout(end, 3000);
  const acts = ["wheel", "pointerdown", "keydown", "touchstart"];
  function end() {
    observer.disconnect();
    clearTimeout(timer);
    for (const name of acts) removeEventListener(name, end, true);
  }
  for (const name of acts) addEventListener(name, end, true);
  observer.observe(root);
}

let isNoted = false;
addEventListener("scroll", () => {
  if (isNoted) return;
  isNoted = true;
  const mine = key;
  setTimeout(() => {
    isNoted = false;
    if (mine === key) remember("scroll", Math.round(scrollY));
  }, 150);
}, { passive: true });
addEventListener("focusin", ({ target }) => {
  if (target.id && key && target.closest("main")) remember("focus", target.id === "main" ? undefined : target.id);
});
