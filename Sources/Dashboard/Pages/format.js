// Times, durations and numbers as people read them.

import { h } from "./dom.js";
import { isUnseen, unseenInWords, visible } from "./visible.js";

const inUTC = "jobs.utc";

/** Whether exact times are shown in UTC instead of the local time. */
export const zone = {
  get isUTC() {
    return localStorage.getItem(inUTC) === "1";
  },
  set isUTC(value) {
    localStorage.setItem(inUTC, value ? "1" : "0");
  },
};

/** The exact time, to the second. */
export function exact(date) {
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return String(date);
  if (zone.isUTC) return time.toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const pad = (number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} `
    + `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

/** A duration in its largest unit, such as "4 min". */
export function duration(milliseconds) {
  const units = [["d", 86400000], ["h", 3600000], ["min", 60000], ["s", 1000]];
  const size = Math.abs(milliseconds);
  for (const [name, length] of units) {
    if (size >= length) {
      const count = size / length;
      return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${name}`;
    }
  }
  return `${Math.round(size)} ms`;
}

/** How long ago, or in how long, a time is. */
export function relative(date, now = Date.now()) {
  const distance = now - new Date(date).getTime();
  if (Number.isNaN(distance)) return String(date);
  if (Math.abs(distance) < 1000) return "now";
  const whole = Math.abs(distance) < 60000 ? Math.trunc(distance / 1000) * 1000 : distance;
  return whole > 0 ? `${duration(whole)} ago` : `in ${duration(whole)}`;
}

/** A time as an element: how long ago, and the exact time in its title. `refreshTimes` keeps it true. */
export function time(date) {
  if (!date) return "";
  return h("time", { datetime: date, title: exact(date) }, relative(date));
}

/** A time as an element that shows the exact time as well, as screens of one thing do. */
export function fullTime(date) {
  if (!date) return "";
  return [time(date), " ", h("time", { datetime: date, class: "exact" }, exact(date))];
}

/** Updates the texts of all times on the page in place. */
export function refreshTimes() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time")) {
    const isExact = element.className === "exact";
    const text = isExact ? exact(element.dateTime) : relative(element.dateTime, now);
    if (element.textContent !== text) element.textContent = text;
    if (!isExact) element.title = exact(element.dateTime);
  }
}

/** A whole number with separators of thousands. */
export function count(number) {
  return typeof number === "number" ? number.toLocaleString("en") : "?";
}

/** "1 job", "2 jobs", "1 or more jobs". */
export function jobs(number, isAtLeast = false) {
  return isAtLeast ? `${count(number)} or more jobs` : counted(number, "job");
}

/** "1 group", "2 groups". */
export function counted(number, thing) {
  return `${count(number)} ${thing}${number === 1 ? "" : "s"}`;
}

/** The first part of an id, enough to tell jobs apart on a page; the title has the whole. */
export function shortID(id) {
  return id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-5)}` : id;
}

/** The first line of a text in which something can be seen, cut. */
export function firstLine(text, length = 160) {
  const whole = String(text ?? "");
  const line = whole.split(/[\r\n\u2028\u2029]/).find((line) => !isUnseen(line)) ?? visible(whole);
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** A text from a client: cut, and isolated, so that it cannot change the direction of the text around it; else "". */
export function foreign(text, length = 160) {
  if (text === undefined || text === null) return "";
  const whole = String(text);
  const short = firstLine(whole, length);
  if (isUnseen(whole)) return h("bdi", { class: "blank", title: unseenInWords(whole) }, short);
  return h("bdi", { title: short === whole ? undefined : whole.slice(0, 2000) }, short);
}

/** The message of an error with its type in front, unless the message begins with it. */
export function errorText(error) {
  if (!error) return "";
  const { type, message } = error;
  if (!type && !message) return "without a message";
  if (!type || message?.split(/\W+/, 4).includes(type)) return visible(message);
  return message ? `${visible(type)}: ${visible(message)}` : visible(type);
}
