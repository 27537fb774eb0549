// The list of a forum's topics: General first, then the latest; what is unread, and how each of them is, in words.
import { el } from "./dom.js";
import { serviceText, summary } from "./message.js";
import { threadOf, transcript, unread } from "./store.js";
import { say } from "./words.js";

// The signs that a desk puts into the name of a topic, for those who do not see them or do not know them
const SIGNS = { "🔥": "sign_late", "🟢": "sign_taken", "👀": "sign_taken", "⏸": "sign_waits", "💬": "sign_waits", "📆": "sign_waits", "📝": "sign_waits", "✅": "sign_solved", "❗": "sign_free" };

export function topicList(panel) {
  const latest = new Map();
  for (const message of transcript(panel.chat).values()) if (!message.deleted && !message.receiver_user && !serviceText(message)) latest.set(threadOf(message), message);
  const topics = panel.chatPicture.topics.filter((topic) => !topic.deleted && !topic.hidden);
  const when = (topic) => latest.get(topic.message_thread_id)?.message_id ?? topic.message_thread_id;
  topics.sort((a, b) => (a.message_thread_id === 1 ? -1 : b.message_thread_id === 1 ? 1 : when(b) - when(a)));
  return el("nav", { class: "topics", "aria-label": say("topics") }, topics.map((topic) => row(panel, topic, latest.get(topic.message_thread_id))));
}

export function stateOf(topic) {
  if (topic.closed) return say("sign_closed");
  const shown = `${topic.name.slice(0, 12)}${topic.icon_emoji ?? ""}`;
  const sign = Object.keys(SIGNS).find((one) => shown.includes(one));
  return sign ? say(SIGNS[sign]) : "";
}

function row(panel, topic, last) {
  const id = topic.message_thread_id;
  const count = unread.get(`${panel.chat}/${id}`);
  const name = id === 1 ? say("general") : topic.name;
  const state = id === 1 ? "" : stateOf(topic);
  const letter = topic.closed ? "🔒" : topic.icon_emoji ? topic.icon_emoji : id === 1 ? "#" : (topic.name.match(/\p{L}/u)?.[0] ?? "•").toUpperCase();
  const sign = el("i", { class: `topic-sign ${topic.icon_emoji ? "picture" : ""}`, "aria-hidden": "true" }, letter);
  sign.style.setProperty("--colour", `#${topic.icon_color.toString(16).padStart(6, "0")}`);
  const words = [state, last && !repeats(last, topic) ? summary(last) : ""].filter(Boolean).join(" · ");
  const spoken = [name, state, count ? say("unread", { n: count }) : ""].filter(Boolean).join(", ");
  return el("button", { class: `topic ${id === panel.topic ? "chosen" : ""}`, onclick: () => panel.openTopic(id), title: topic.name, "aria-label": spoken, "aria-current": id === panel.topic ? "true" : null },
    sign, el("span", { class: "topic-names" }, el("b", {}, name), el("small", {}, words)),
    count ? el("span", { class: "unread" }, String(count)) : null);
}

// Where the list is a strip, the chosen topic may be beyond its edge
export function showChosen(panel) {
  const list = panel.node.querySelector(".topics");
  const chosen = list?.querySelector(".chosen");
  if (chosen && list.scrollWidth > list.clientWidth) list.scrollLeft = chosen.offsetLeft - list.offsetLeft - 12;
}

// The first message of a topic is what its name says already
function repeats(message, topic) {
  return topic.name.endsWith(summary(message));
}
