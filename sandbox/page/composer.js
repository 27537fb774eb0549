// Where one writes: text, a photo or a file, the answer in hand, the bot's keyboard and commands.
import { act, asBase64 } from "./api.js";
import { el, menu, shape } from "./dom.js";
import { senderOf, summary } from "./message.js";
import { world } from "./store.js";
import { voiceButton } from "./voice.js";
import { say } from "./words.js";

export function composer(panel) {
  const topic = panel.forum ? panel.chatPicture.topics.find((one) => one.message_thread_id === panel.topic) : null;
  if (panel.chat === null || panel.me === null) return el("footer", { class: "composer" });
  if (topic?.closed && !mayWriteClosed(panel)) return el("footer", { class: "composer shut", tabindex: "0" }, `🔒 ${say("closed")}`);
  const named = topic && topic.message_thread_id !== 1 ? say("write_topic", { topic: topic.name.length > 16 ? `${topic.name.slice(0, 15)}…` : topic.name }) : say("write");
  const area = el("textarea", { rows: "1", placeholder: named, "aria-label": named });
  const picker = el("input", { type: "file", hidden: true, multiple: true, "aria-label": say("attach") });
  const files = [];
  const tray = el("div", { class: "tray" });
  const take = (list) => {
    files.push(...list);
    showTray(tray, files);
    area.focus();
  };
  const send = () => submit(panel, area, files);
  area.addEventListener("input", () => grow(area));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && (panel.replyTo || panel.editing)) panel.compose({ replyTo: null, editing: null });
  });
  area.addEventListener("paste", (event) => event.clipboardData.files.length && take([...event.clipboardData.files]));
  picker.addEventListener("change", () => take([...picker.files]));
  const attach = el("button", { class: "icon", title: say("attach"), "aria-label": say("attach"), onclick: () => picker.click() }, clip());
  const button = el("button", { class: "icon send", title: say("send"), "aria-label": say("send"), onclick: send }, plane());
  // The place to write comes first for Tab; its buttons stand around it by `order`.
  const line = el("div", { class: "line" }, area, button, attach, commandsButton(panel), voiceButton(panel), picker);
  const node = el("footer", { class: "composer" }, bar(panel), tray, line, replyKeyboard(panel));
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  return node;
}

function mayWriteClosed(panel) {
  const member = panel.chatPicture.members.find((one) => one.id === panel.me);
  return member && (member.status === "creator" || member.rights.can_manage_topics);
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 140)}px`;
  area.classList.toggle("tall", area.scrollHeight > 140);
}

function bar(panel) {
  const target = panel.editing ?? panel.replyTo;
  if (!target) return null;
  const head = panel.editing ? say("editing") : say("answering", { name: senderOf(target).name });
  const drop = el("button", { class: "icon", title: say("cancel"), "aria-label": say("cancel"), onclick: () => panel.compose({ replyTo: null, editing: null }) }, "✕");
  return el("div", { class: "answering" }, el("div", {}, el("b", {}, head), el("span", {}, summary(target))), drop);
}

function showTray(tray, files) {
  tray.replaceChildren(...files.map((file, index) => {
    const drop = el("button", { class: "icon", title: say("cancel"), "aria-label": say("cancel"), onclick: () => (files.splice(index, 1), showTray(tray, files)) }, "✕");
    const face = file.type.startsWith("image/") ? el("img", { src: URL.createObjectURL(file), alt: "" }) : el("span", {}, "📄");
    return el("div", { class: "attached" }, face, el("small", {}, file.name), drop);
  }));
}

async function submit(panel, area, files) {
  const text = area.value.trim();
  if (!text && !files.length) return;
  const waiting = files.splice(0);
  area.value = "";
  if (panel.editing) {
    const message = panel.editing;
    panel.compose({ editing: null });
    await panel.trying(() => act("edit", { from: panel.me, chat: panel.chat, message_id: message.message_id, text }));
    return;
  }
  const sent = waiting.length ? await sendFiles(panel, waiting, text) : await panel.send({ text });
  panel.compose({ replyTo: null });
  const fresh = panel.node.querySelector(".composer textarea");
  if (!sent && fresh) fresh.value = text;
  fresh?.focus();
}

async function sendFiles(panel, files, caption) {
  const album = await Promise.all(files.map(async (file) => {
    const kind = file.type.startsWith("image/") && file.type !== "image/svg+xml" ? "photo" : "document";
    return { [kind]: { base64: await asBase64(file), name: file.name, mime: file.type || "application/octet-stream" } };
  }));
  const alike = album.every((one) => "photo" in one) || album.every((one) => "document" in one);
  if (album.length > 1 && album.length <= 10 && alike) return panel.send({ album, caption });
  let sent = null;
  for (const [index, one] of album.entries()) sent = await panel.send({ ...one, caption: index === 0 ? caption : undefined });
  return sent;
}

// The narrowest scope that has commands in the reader's language, else in any, as Telegram chooses.
function commandsButton(panel) {
  const language = world.people.get(panel.me)?.language_code ?? "";
  const kind = panel.isPrivate ? "all_private_chats" : "all_group_chats";
  const here = (scope) => scope.type === "chat" && Number(scope.chat_id) === Number(panel.chat);
  const scopes = [here, (scope) => scope.type === kind, (scope) => scope.type === "default"];
  const fits = (scope, tongue) => world.commands.find((one) => scope(one.scope) && one.language_code === tongue)?.commands;
  const list = scopes.map((scope) => fits(scope, language) ?? fits(scope, "")).find(Boolean) ?? [];
  if (!list.length) return null;
  const items = list.map((one) =>
    el("button", { onclick: () => panel.send({ text: `/${one.command}` }) }, el("b", {}, `/${one.command}`), el("small", {}, one.description)));
  return menu(el("button", { class: "icon slash", title: say("commands"), "aria-label": say("commands") }, "/"), items);
}

function replyKeyboard(panel) {
  const markup = panel.isPrivate ? world.private[panel.chat]?.reply_keyboard : panel.chatPicture?.reply_keyboard;
  if (!markup?.keyboard) return null;
  return el("div", { class: "reply-keyboard", role: "group", "aria-label": say("buttons") }, markup.keyboard.map((row) => el("div", {}, row.map((key) =>
    el("button", { class: `key ${key.style ?? ""}`, onclick: () => press(panel, key) }, key.text)))));
}

function press(panel, key) {
  const person = world.people.get(panel.me);
  if (key.request_contact) return panel.send({ contact: { phone_number: "+70000000000", first_name: person.first_name, user_id: person.id } });
  if (key.request_location) return panel.send({ location: { latitude: 55.751, longitude: 37.618 } });
  return panel.send({ text: key.text });
}

const clip = () => shape("M16.5 6.5v9.2a4.5 4.5 0 0 1-9 0V5.8a3 3 0 0 1 6 0v9.4a1.5 1.5 0 0 1-3 0V6.5");
const plane = () => shape("M4 12 3 4.5 21 12 3 19.5 4 12Zm0 0h8");
