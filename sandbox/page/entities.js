// Text with entities as DOM: offsets are UTF-16 units, which is what JavaScript counts in anyway.
import { el } from "./dom.js";
import { format, tgTime } from "./time.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", spoiler: "span",
  blockquote: "blockquote", expandable_blockquote: "blockquote", pre: "pre",
};

export function rich(text, entities = [], press = null) {
  const fragment = document.createDocumentFragment();
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(fragment, text, sorted, 0, text.length, press);
  return fragment;
}

function fill(parent, text, entities, from, to, press) {
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    const inner = [];
    for (index += 1; index < entities.length && entities[index].offset < end; index += 1) inner.push(entities[index]);
    if (entity.offset > at) parent.append(text.slice(at, entity.offset));
    const node = nodeOf(entity, text.slice(entity.offset, end), press);
    if (!node.childNodes.length) fill(node, text, inner, entity.offset, end, press);
    parent.append(node);
    at = end;
    if (node.nodeName === "BLOCKQUOTE" || node.nodeName === "PRE") while (text[at] === "\n") at += 1;
  }
  if (at < to) parent.append(text.slice(at, to));
}

function nodeOf(entity, words, press) {
  const { type } = entity;
  if (type === "date_time") return timeNode(entity, words);
  if (type === "text_link") return el("a", { href: entity.url, target: "_blank", rel: "noopener", title: entity.url });
  if (type === "url") return el("a", { href: /^\w+:\/\//.test(words) ? words : `https://${words}`, target: "_blank", rel: "noopener" });
  if (type === "email") return el("a", { href: `mailto:${words}` });
  if (type === "bot_command") return el("button", { class: "command", onclick: () => press?.(words) });
  if (type === "spoiler") return el("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("shown") });
  if (type === "expandable_blockquote") {
    return el("blockquote", { class: "expandable", onclick: (event) => event.currentTarget.classList.toggle("open") });
  }
  if (type === "pre" && entity.language) return el("pre", { "data-language": entity.language });
  if (TAGS[type]) return el(TAGS[type]);
  return el("span", { class: "mention" });
}

function timeNode(entity, words) {
  const node = el("time", { class: "tg-time", title: format(entity.unix_time, { dateStyle: "full", timeStyle: "short" }) });
  node.dataset.unix = entity.unix_time;
  node.dataset.format = entity.date_time_format ?? "";
  node.textContent = tgTime(entity.unix_time, entity.date_time_format) ?? words;
  return node;
}

export function refreshTimes() {
  for (const node of document.querySelectorAll("time.tg-time[data-format=r]")) {
    const text = tgTime(Number(node.dataset.unix), "r");
    if (node.textContent !== text) node.textContent = text;
  }
}

export function plain(message) {
  return message.text ?? message.caption ?? "";
}
