// Virtual time on the page: the sandbox's clock run on between its words, spans, and how <tg-time> reads.
import { language, say } from "./words.js";

let anchor = { now: Date.now() / 1000, speed: 1, at: performance.now() };
export let zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function setClock(picture) {
  anchor = { now: picture.now, speed: picture.speed, at: performance.now() };
}

export function setZone(name) {
  if (name) zone = name;
}

export function now() {
  return anchor.now + ((performance.now() - anchor.at) / 1000) * anchor.speed;
}

export function format(unix, options) {
  const locale = language === "ru" ? "ru-RU" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(new Date(unix * 1000));
}

export function clockTime(unix, seconds = false) {
  return format(unix, { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) });
}

export function dayName(unix) {
  return format(unix, { weekday: "short", day: "numeric", month: "long" });
}

export function day(unix) {
  return format(unix, { year: "numeric", month: "2-digit", day: "2-digit" });
}

export function span(seconds) {
  const left = Math.max(0, Math.round(Math.abs(seconds)));
  const parts = [[Math.floor(left / 86400), "d"], [Math.floor(left / 3600) % 24, "h"], [Math.floor(left / 60) % 60, "m"]];
  const said = parts.filter(([count]) => count).slice(0, 2).map(([count, unit]) => `${count} ${say(unit)}`);
  return said.join(" ") || `${left} ${say("s")}`;
}

export function relative(unix) {
  const left = unix - now();
  if (Math.abs(left) < 1) return say("now");
  return left > 0 ? say("in", { span: span(left) }) : say("ago", { span: span(left) });
}

// r = relative; w = weekday, d/D = short/long date, t/T = short/long time (Bot API 9.5)
export function tgTime(unix, format_) {
  if (!format_) return null;
  if (format_ === "r") return relative(unix);
  const options = {};
  if (format_.includes("w")) options.weekday = "short";
  if (format_.includes("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (format_.includes("D")) Object.assign(options, { day: "numeric", month: "long" });
  if (format_.includes("t")) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format_.includes("T")) Object.assign(options, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return format(unix, options);
}
