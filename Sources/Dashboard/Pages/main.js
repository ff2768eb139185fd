// The address decides which screen is shown.

import { setUpSwitches } from "./appearance.js";
import { button } from "./button.js";
import { address, fill, h } from "./dom.js";
import { enter, returnToPlace } from "./entry.js";
import { setUpSearch, showFrame } from "./frame.js";
import { listenToKeys, showKeys } from "./keys.js";
import { identify, session } from "./session.js";
import audit from "./screen-audit.js";
import failures from "./screen-failures.js";
import job from "./screen-job.js";
import jobs from "./screen-jobs.js";
import operations from "./screen-operations.js";
import overview from "./screen-overview.js";
import running from "./screen-running.js";
import schedules from "./screen-schedules.js";
import service from "./screen-service.js";
import signIn from "./screen-sign-in.js";
import type from "./screen-type.js";

const screens = { "": overview, type, jobs, job, failures, running, schedules, operations, audit, service, "sign-in": signIn };

const main = document.getElementById("main");
let leave;
let turn = 0;

/** The screen, the rest of its path, and the query of the address. */
function place() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decoded);
  return { name: parts[0] ?? "", parts: parts.slice(1), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shows the screen of the address. */
async function show() {
  const mine = ++turn;
  leave?.();
  leave = undefined;
  enter();
  const { name, parts, query } = place();
  try {
    if (!session.who) await identify();
  } catch (response) {
    if (mine !== turn) return;
    if (!(response instanceof Response) || response.status >= 500) return showAway();
    if (name !== "sign-in") return location.replace(address("/sign-in", { to: location.hash.slice(1) }));
  }
  if (mine !== turn) return;
  showFrame(name, query);
  fill(main);
  main.dataset.screen = name || "overview";
  leave = (screens[name] ?? nothing)(main, { parts, query });
  returnToPlace(main);
}

function nothing(root) {
  fill(root, h("h1", {}, "No such page"), h("p", {}, h("a", { href: "#/" }, "Back to the overview")));
}

/** The service cannot be reached at all: it is asked again every few seconds. */
function showAway() {
  fill(main, h("h1", {}, "The service does not answer"),
    h("p", {}, "This page asks again every five seconds. "), button("Ask now", show));
  const timer = setTimeout(show, 5000);
  leave = () => clearTimeout(timer);
}

history.scrollRestoration = "manual";
document.getElementById("keys").addEventListener("click", showKeys);
setUpSwitches();
listenToKeys(setUpSearch(show));

addEventListener("hashchange", async () => {
  const isNew = !history.state?.key;
  await show();
  if (isNew && document.activeElement?.id !== "key") {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("refused-key", () => {
  if (place().name !== "sign-in") location.assign(address("/sign-in", { to: location.hash.slice(1) }));
});
show();
