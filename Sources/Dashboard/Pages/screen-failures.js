// What fails: groups of errors, the largest first.

import { fill, h, heading } from "./dom.js";
import { errorGroups } from "./errors.js";

export default function failures(root, { query }) {
  const body = {};
  if (query.type) body.type = query.type;
  const groups = errorGroups(body);
  fill(root, heading("Failures"),
    h("p", {}, "Errors count as the same if their messages differ only in numbers, ids and quoted parts."), groups.element);
  return () => groups.end();
}
