// JSON as text: numbers stay as they were sent, which parsing would round.

/** Matches one token: a string, a number or word, or a sign. */
const token = /"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/gy;

/** The text of a member of the first job in the answer of a list; undefined if it has none. */
export function memberOfFirst(text, name) {
  const reader = new Reader(text);
  const start = text.indexOf("[");
  if (start < 0) return undefined;
  reader.at = start + 1;
  if (reader.next() !== "{") return undefined;
  for (let key = reader.next(); key && key !== "}"; key = reader.next()) {
    if (key === ",") continue;
    reader.next();
    const value = reader.value();
    if (key === JSON.stringify(name)) return value;
  }
  return undefined;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  next() {
    while (" \n\r\t".includes(this.text[this.at] ?? "x")) this.at += 1;
    token.lastIndex = this.at;
    const found = token.exec(this.text);
    if (!found) return undefined;
    this.at = token.lastIndex;
    return found[0];
  }

  /** The text of the next value. */
  value() {
    while (" \n\r\t".includes(this.text[this.at] ?? "x")) this.at += 1;
    const start = this.at;
    let depth = 0;
    do {
      const word = this.next();
      if (word === undefined) break;
      if (word === "{" || word === "[") depth += 1;
      if (word === "}" || word === "]") depth -= 1;
    } while (depth > 0);
    return this.text.slice(start, this.at);
  }
}

/** What is shown in place of a value that is not to be seen. */
const mask = '"•••••• (masked)"';

/**
 * JSON with a line for each member. The values of members whose names contain one of `masked` are left out;
 * `masked` are in lower case.
 */
export function indented(text, masked = []) {
  const reader = new Reader(text);
  const parts = [];
  let depth = 0;
  let key;
  let before = "";
  const line = () => parts.push(`\n${"  ".repeat(depth)}`);
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    const isEmpty = (word === "}" && before === "{") || (word === "]" && before === "[");
    if (word === "}" || word === "]") {
      depth -= 1;
      if (!isEmpty) line();
    } else if (before === "{" || before === "[" || before === ",") {
      line();
    }
    parts.push(word === ":" ? ": " : word);
    if (word === "{" || word === "[") depth += 1;
    if (word === ":" && isMasked(key, masked)) {
      reader.value();
      parts.push(mask);
    }
    key = word;
    before = word;
  }
  return parts.join("");
}

function isMasked(key, masked) {
  if (masked.length === 0) return false;
  let name = key;
  try {
    name = JSON.parse(key);
  } catch {
    // Not a string that can be read: it is compared as it is.
  }
  return masked.some((word) => name.toLowerCase().includes(word));
}
