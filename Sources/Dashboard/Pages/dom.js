// Elements of the page. Texts always become text nodes, so nothing that a job holds can become markup.

/** Makes an element: h("a", {href: "#/", class: "x", onclick: f}, "text", child, …). */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
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

/** Replaces what is in an element, and keeps the focus if the new content has an element of its id. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...flat(children));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** A button that can be switched off with a reason, which it shows and says. */
export function button(text, onclick, { why, kind, id, label } = {}) {
  return h(
    "button",
    {
      type: "button", id, class: kind, title: why, "aria-label": label,
      "aria-disabled": why ? "true" : undefined,
      onclick: (event) => {
        if (why) event.preventDefault();
        else onclick(event);
      },
    },
    text);
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

/** The heading of a screen, which also names the tab. */
export function heading(text, ...beside) {
  document.title = `${text} · Jobs`;
  return h("div", { class: "heading" }, h("h1", {}, text), ...beside);
}

/** Copies a text, and says so on the button. */
export function copier(text, label) {
  const element = button(label, async () => {
    await navigator.clipboard.writeText(text);
    element.textContent = "Copied";
    setTimeout(() => (element.textContent = label), 1500);
  }, { kind: "quiet" });
  return element;
}
