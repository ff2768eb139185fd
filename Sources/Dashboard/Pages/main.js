// The frame of all screens: the address decides which one is shown.

import { Failure } from "./api.js";
import { address, button, fill, h } from "./dom.js";
import { refreshTimes, zone } from "./format.js";
import { listenToKeys, showKeys } from "./keys.js";
import * as search from "./search.js";
import { identify, session } from "./session.js";
import failures from "./screen-failures.js";
import job from "./screen-job.js";
import jobs from "./screen-jobs.js";
import overview from "./screen-overview.js";
import running from "./screen-running.js";
import schedules from "./screen-schedules.js";
import service from "./screen-service.js";
import signIn from "./screen-sign-in.js";
import type from "./screen-type.js";

const screens = { "": overview, type, jobs, job, failures, running, schedules, service, "sign-in": signIn };

const main = document.getElementById("main");
const field = document.getElementById("query");
let leave;

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
  leave?.();
  leave = undefined;
  const { name, parts, query } = place();
  try {
    if (!session.who) await identify();
  } catch (response) {
    if (!(response instanceof Response)) return showAway();
    if (name !== "sign-in") return location.replace(address("/sign-in", { to: location.hash.slice(1) }));
  }
  showSession();
  markScreen(name);
  field.value = name === "jobs" ? search.format(query) : "";
  const screen = screens[name] ?? nothing;
  fill(main);
  leave = screen(main, { parts, query });
}

function nothing(root) {
  fill(root, h("h1", {}, "No such page"), h("p", {}, h("a", { href: "#/" }, "Back to the overview")));
}

/** The service cannot be reached at all: it is asked again every few seconds. */
function showAway() {
  fill(main, h("h1", {}, "The service does not answer"),
    h("p", {}, "It is asked again every five seconds. "), button("Ask now", show));
  const timer = setTimeout(show, 5000);
  leave = () => clearTimeout(timer);
}

function showSession() {
  const who = session.who;
  const place = document.getElementById("session");
  if (!who) return fill(place);
  const types = who.types ? `, types ${who.types.join(", ")}` : "";
  fill(
    place, h("span", {}, who.name ? `${who.name}${types}` : "no keys set"),
    session.key && button("Sign out", () => {
      session.key = "";
      location.assign(address("/sign-in"));
    }, { kind: "quiet" }));
}

function markScreen(name) {
  const paths = { "": "#/", type: "#/", job: "#/jobs" };
  const current = paths[name] ?? `#/${name}`;
  for (const element of document.querySelectorAll("#screens a")) {
    if (element.getAttribute("href") === current) element.setAttribute("aria-current", "page");
    else element.removeAttribute("aria-current");
  }
}

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const next = address("/jobs", search.parse(field.value.trim()));
  if (next === location.hash) show();
  else location.assign(next);
});

document.getElementById("keys").addEventListener("click", showKeys);

const zoneButton = document.getElementById("zone");
const tellZone = () => zoneButton.setAttribute("aria-pressed", String(zone.isUTC));
zoneButton.addEventListener("click", () => {
  zone.isUTC = !zone.isUTC;
  tellZone();
  refreshTimes();
});
tellZone();

addEventListener("hashchange", async () => {
  await show();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof Failure && reason.status === 401) location.assign(address("/sign-in"));
});
listenToKeys(field);
show();
