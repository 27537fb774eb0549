// The list of a forum's topics: General first, then the latest; what is unread, what is closed.
import { el } from "./dom.js";
import { summary } from "./message.js";
import { threadOf, transcript } from "./store.js";
import { say } from "./words.js";

export function topicList(panel) {
  const latest = new Map();
  for (const message of transcript(panel.chat).values()) if (!message.deleted && !message.receiver_user) latest.set(threadOf(message), message);
  const topics = panel.chatPicture.topics.filter((topic) => !topic.deleted && !topic.hidden);
  const when = (topic) => latest.get(topic.message_thread_id)?.message_id ?? topic.message_thread_id;
  topics.sort((a, b) => (a.message_thread_id === 1 ? -1 : b.message_thread_id === 1 ? 1 : when(b) - when(a)));
  return el("aside", { class: "topics", "aria-label": say("topics") }, topics.map((topic) => row(panel, topic, latest.get(topic.message_thread_id))));
}

function row(panel, topic, last) {
  const id = topic.message_thread_id;
  const unread = panel.unreadTopics.get(id);
  const sign = el("i", { class: "topic-sign" }, topic.closed ? "🔒" : id === 1 ? "#" : (topic.name.match(/\p{L}/u)?.[0] ?? "•").toUpperCase());
  sign.style.setProperty("--colour", `#${topic.icon_color.toString(16).padStart(6, "0")}`);
  return el("button", { class: `topic ${id === panel.topic ? "chosen" : ""}`, onclick: () => panel.openTopic(id), title: topic.name },
    sign, el("span", { class: "topic-names" }, el("b", {}, id === 1 ? say("general") : topic.name), el("small", {}, last ? summary(last) : "")),
    unread ? el("span", { class: "unread" }, String(unread)) : null);
}
