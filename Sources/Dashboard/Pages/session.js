// The user of this tab and their permissions. The key is kept in the tab only, never in a cookie.

const place = "jobs.key";

let known;

export const session = {
  get key() {
    return sessionStorage.getItem(place) ?? "";
  },
  set key(value) {
    if (value) sessionStorage.setItem(place, value);
    else sessionStorage.removeItem(place);
    known = undefined;
  },
  /** What the service says of the caller; undefined until it was asked. */
  get who() {
    return known;
  },
};

/** The headers that carry the key. */
export function credentials() {
  return session.key ? { Authorization: `Bearer ${session.key}` } : {};
}

/** Asks the service who the caller is. Throws a Response if the key is refused. */
export async function identify() {
  const response = await fetch("session", { headers: credentials(), cache: "no-store" });
  if (!response.ok) throw response;
  known = await response.json();
  return known;
}

/** Why the caller may not use an operation of a scope; undefined if it may. */
export function forbidden(scope) {
  if (!known) return "It is not known yet who you are.";
  if (known.read_only && scope !== "jobs:read") {
    return "These pages only show jobs: no keys are set, and other machines can reach the service.";
  }
  if (!known.scopes) return undefined;
  if (known.scopes.includes(scope) || known.scopes.includes("jobs:admin")) return undefined;
  return `Your key lacks the scope ${scope}.`;
}
