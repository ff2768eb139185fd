// Elements of the page. Texts always become text nodes, so nothing that a job holds can become markup.

import { visible } from "./visible.js";

/** Makes an element: h("a", {href: "#/", class: "x", onclick: f}, "text", child, …). */
export function h(name, attributes = {}, ...children) {
  return complete(document.createElement(name), attributes, children);
}

/** Makes an element of a drawing, like the sign in the frame. */
export function svg(name, attributes = {}, ...children) {
  return complete(document.createElementNS(document.querySelector("svg").namespaceURI, name), attributes, children);
}

function complete(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, value);
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}

const controls = "a[href], button, input, select, summary, [tabindex]";

/** Replaces what is in an element. The focus stays at the control of the same id, or of the same place. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
  const place = focused ? [...element.querySelectorAll(controls)].indexOf(focused) : -1;
  element.replaceChildren(...flat(children));
  if (!focused) return;
  const next = (focused.id && document.getElementById(focused.id)) || element.querySelectorAll(controls)[place];
  next?.focus({ preventScroll: true });
}

/** Replaces what is in an element if what it is made from has changed since the last time. */
export function refill(element, made, make) {
  const signature = JSON.stringify(made) ?? "";
  if (element.made === signature) return;
  element.made = signature;
  fill(element, make());
}

/** Shows a list of items in an element. Elements whose items have not changed stay as they are. */
export function keyed(parent, items, { key, sign = JSON.stringify, render }) {
  const before = parent.keyed ?? new Map();
  const after = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const signature = sign(item);
    const known = before.get(key(item));
    const element = known?.signature === signature ? known.element : render(item);
    if (known && known.element !== element) {
      if (known.element === place) place = element;
      known.element.replaceWith(element);
    }
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
    after.set(key(item), { element, signature });
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  parent.keyed = after;
}

/** A link to a screen, with the members of `query` behind the path. */
export function link(path, text, query = {}, attributes = {}) {
  return h("a", { ...attributes, href: address(path, query) }, text);
}

/** The address of a screen. */
export function address(path, query = {}) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") words.set(key, value);
  }
  const text = words.toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

/** The address of the screen of a type. */
export const typePath = (type) => `/type/${encodeURIComponent(type)}`;

/** The address of the screen of a job. */
export const jobPath = (id) => `/job/${encodeURIComponent(id)}`;

/** The heading of a screen, which also names the tab. */
export function heading(text, ...beside) {
  const shown = visible(text);
  document.title = `${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown} · Jobs`;
  return h("div", { class: "heading" }, h("h1", {}, shown), ...beside);
}

/** A framed part of a screen with a heading of its own. */
export function panel(title, ...content) {
  const id = `part-${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
  return h("section", { class: "panel", "aria-labelledby": id }, h("h2", { id }, title), ...content);
}
