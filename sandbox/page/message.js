// One message as DOM: bubble, media, reply, keyboard, reactions; and the lines in the middle for service messages.
import { fileAddress } from "./api.js";
import { avatar, el, fullName, hue, shape } from "./dom.js";
import { plain, rich } from "./entities.js";
import { clockTime } from "./time.js";
import { closeTools } from "./walking.js";
import { say } from "./words.js";

const MEDIA = ["photo", "sticker", "animation", "video", "video_note", "voice", "audio", "document", "location", "contact"];
const SIGNS = { voice: "🎤", audio: "🎵", document: "📄", video: "🎬", video_note: "⏺", animation: "GIF", sticker: "🏷", location: "📍", contact: "👤" };

export function senderOf(message) {
  if (message.sender_chat) return { id: message.sender_chat.id, name: message.sender_chat.title ?? "", bot: false };
  const user = message.from;
  return user ? { id: user.id, name: fullName(user), bot: user.is_bot } : { id: 0, name: "", bot: false };
}

export function summary(message) {
  const kind = MEDIA.find((name) => message[name]);
  const words = plain(message).replace(/\s+/g, " ");
  if (!kind) return words || serviceText(message) || "";
  return words ? `${kind === "photo" ? "🖼 " : ""}${words}` : say(kind);
}

export function serviceText(message) {
  const name = senderOf(message).name;
  if (message.forum_topic_created) return say("topic_created", { name, topic: message.forum_topic_created.name });
  if (message.forum_topic_edited) return say("topic_edited", { name, topic: message.forum_topic_edited.name ?? "" });
  if (message.forum_topic_closed) return say("topic_closed", { name });
  if (message.forum_topic_reopened) return say("topic_reopened", { name });
  if (message.new_chat_members) return say("joined", { name: message.new_chat_members.map(fullName).join(", ") });
  if (message.left_chat_member) return say("left", { name: fullName(message.left_chat_member) });
  if (message.pinned_message) return say("pinned_by", { name, text: summary(message.pinned_message).slice(0, 40) });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("migrated");
  const known = Object.keys(message).find((key) => /^(general_forum|group_chat|supergroup_chat)/.test(key));
  return known ? say("service") : null;
}

// `hand` knows who looks and what can be done: {me, press, reply, jump, act, command}
export function draw(message, previous, hand) {
  const service = serviceText(message);
  if (service) return el("div", { class: "service", "data-id": message.message_id }, el("span", {}, service));
  const sender = senderOf(message);
  const mine = sender.id === hand.me;
  const joined = follows(message, previous, sender);
  const seen = message.ephemeral_message_id !== undefined;
  const spoken = [sender.name, clockTime(message.date), seen && say("only_you")].filter(Boolean).join(", ");
  const bubble = el("div", { class: "bubble", tabindex: "-1", role: "article", "aria-label": spoken, onclick: (event) => open(event, row) });
  if (!mine && !joined && !hand.private) bubble.append(nameLine(sender));
  if (seen) bubble.append(el("div", { class: "only-you" }, "👁 ", say("only_you")));
  if (message.forward_origin) bubble.append(el("div", { class: "forward" }, say("forwarded", { name: originName(message.forward_origin) })));
  if (realReply(message)) bubble.append(replyLine(message, hand));
  bubble.append(...media(message));
  const words = plain(message);
  if (words) bubble.append(el("div", { class: "words" }, rich(words, message.entities ?? message.caption_entities, hand.command)));
  bubble.append(foot(message, hand));
  if (message.note) bubble.append(noteLine(message.note));
  const body = el("div", { class: "body" }, bubble, keyboard(message, hand), tools(message, mine, hand));
  const row = el("div", { class: `row ${mine ? "mine" : ""} ${joined ? "joined" : ""} ${seen ? "ephemeral" : ""}`, "data-id": message.message_id });
  if (!mine && !hand.private) row.append(joined ? el("span", { class: "avatar gap" }) : avatar(sender.id, sender.name, sender.bot));
  row.append(body);
  return row;
}

function open(event, row) {
  if (event.target.closest("a, button, .spoiler, .expandable, img")) return;
  const was = row.classList.contains("tools-open");
  closeTools();
  row.classList.toggle("tools-open", !was);
}

// What an author's tool says about a message: one line, all of it at a click. A click on a line copies it.
function noteLine(text) {
  const lines = text.split("\n");
  const copy = (line) => navigator.clipboard?.writeText(line.split(" ")[0]);
  return el("div", { class: "note" }, lines.map((line, index) =>
    el("button", { class: index === lines.length - 1 ? "last" : "", title: say("copy_place"), onclick: () => copy(line) }, line)));
}

function follows(message, previous, sender) {
  if (!previous || serviceText(previous)) return false;
  return senderOf(previous).id === sender.id && message.date - previous.date < 300;
}

function nameLine(sender) {
  const line = el("div", { class: "name" }, sender.name, sender.bot ? el("span", { class: "badge" }, say("bot")) : null);
  line.style.setProperty("--hue", hue(sender.id));
  return line;
}

function originName(origin) {
  if (origin.sender_user) return fullName(origin.sender_user);
  return origin.sender_user_name ?? origin.sender_chat?.title ?? origin.chat?.title ?? "";
}

// In a topic every message answers the topic's first one; that is not a reply anybody made
function realReply(message) {
  const target = message.reply_to_message;
  if (message.external_reply || message.quote) return true;
  return target && !target.forum_topic_created;
}

function replyLine(message, hand) {
  const target = message.reply_to_message;
  const name = target ? senderOf(target).name : originName(message.external_reply?.origin ?? {});
  const words = message.quote?.text ?? (target ? summary(target) : "");
  const line = el("button", { class: "reply", onclick: () => target && hand.jump(target.message_id) }, el("b", {}, name), el("span", {}, words.slice(0, 120)));
  line.style.setProperty("--hue", hue(target ? senderOf(target).id : 0));
  return line;
}

function media(message) {
  const spoiler = message.has_media_spoiler ? " hidden-media" : "";
  if (message.photo) {
    const full = message.photo.at(-1);
    const image = el("img", { class: `photo${spoiler}`, src: fileAddress(full.file_id), width: full.width, height: full.height, alt: say("photo"), loading: "lazy" });
    image.style.width = `${Math.min(full.width, 360)}px`;
    image.addEventListener("click", () => (image.classList.contains("hidden-media") ? image.classList.remove("hidden-media") : enlarge(image.src)));
    return [image];
  }
  const kind = MEDIA.find((name) => message[name]);
  if (!kind) return [];
  const file = message[kind];
  if (kind === "contact") return [card("👤", [file.first_name, file.last_name].filter(Boolean).join(" "), file.phone_number)];
  if (kind === "location") return [card("📍", say("location"), `${file.latitude}, ${file.longitude}`)];
  if (kind === "voice" && /^audio\/(ogg|webm|wav|mp4)/.test(file.mime_type ?? "")) return [heard(file)];
  const seconds = file.duration ? `${Math.floor(file.duration / 60)}:${String(file.duration % 60).padStart(2, "0")}` : "";
  const size = file.file_size ? `${(file.file_size / 1024).toFixed(file.file_size < 10240 ? 1 : 0)} KB` : "";
  return [card(SIGNS[kind], file.file_name ?? say(kind), [seconds, size].filter(Boolean).join(" · "), fileAddress(file.file_id))];
}

function heard(file) {
  const player = el("audio", { class: "heard", controls: true, preload: "none", src: fileAddress(file.file_id), "aria-label": say("voice") });
  return el("div", { class: "file" }, el("span", { class: "sign", "aria-hidden": "true" }, SIGNS.voice), player);
}

function card(sign, title, note, link = null) {
  const inside = [el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", {}, el("b", {}, title), el("small", {}, note))];
  return link ? el("a", { class: "file", href: link, target: "_blank" }, inside) : el("div", { class: "file" }, inside);
}

function enlarge(source) {
  const close = () => node.remove();
  const node = el("div", { class: "viewer", role: "dialog", "aria-label": say("photo"), onclick: close }, el("img", { src: source, alt: say("photo") }));
  document.body.append(node);
  addEventListener("keydown", close, { once: true });
}

function foot(message, hand) {
  const reactions = (message.reactions ?? []).flatMap((one) => one.emoji.map((emoji) => [emoji, one.by]));
  const counted = new Map();
  for (const [emoji, by] of reactions) counted.set(emoji, [...(counted.get(emoji) ?? []), by]);
  const chips = [...counted].map(([emoji, by]) =>
    el("button", { class: `reaction ${by.includes(hand.me) ? "own" : ""}`, "aria-label": `${say("react")} ${emoji} ${by.length}`, "aria-pressed": String(by.includes(hand.me)), onclick: () => hand.act("react", message, by.includes(hand.me) ? null : emoji) }, emoji, by.length > 1 ? ` ${by.length}` : ""));
  const edited = message.edit_date ? `${say("edited")} ` : "";
  return el("div", { class: "foot" }, el("span", { class: "reactions" }, chips), el("span", { class: "when" }, edited, clockTime(message.date)));
}

function keyboard(message, hand) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return el("div", { class: "keyboard", role: "group", "aria-label": say("buttons") }, rows.map((row) => el("div", {}, row.map((button) => {
    const sign = button.url ? shape("M7 17 17 7M9 7h8v8") : button.copy_text ? shape("M9 9h10v10H9zM5 15V5h10") : null;
    return el("button", { class: `key ${button.style ?? ""}`, onclick: (event) => hand.press(message, button, event.currentTarget) },
      el("span", {}, button.text), sign);
  }))));
}

function tools(message, mine, hand) {
  const list = [];
  if (message.ephemeral_message_id === undefined) {
    list.push(el("button", { title: say("reply"), "aria-label": say("reply"), onclick: () => hand.reply(message) }, "↩"));
    for (const emoji of ["👍", "👌", "❤"]) list.push(el("button", { title: say("react"), "aria-label": `${say("react")} ${emoji}`, onclick: () => hand.act("react", message, emoji) }, emoji));
    if (mine && message.text) list.push(el("button", { title: say("edit"), "aria-label": say("edit"), onclick: () => hand.act("edit", message) }, "✎"));
    if (mine) list.push(el("button", { title: say("delete"), "aria-label": say("delete"), onclick: () => hand.act("delete", message) }, "✕"));
  }
  return list.length ? el("div", { class: "tools" }, list) : null;
}
