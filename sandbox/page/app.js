// The page itself: three columns, the clock, the connection.
import { act, listen } from "./api.js";
import { el, toast } from "./dom.js";
import { refreshTimes } from "./entities.js";
import { serviceText } from "./message.js";
import { Panel } from "./panel.js";
import { countUnread, hearClock, isNew, loadWorld, threadOf, world } from "./store.js";
import { drawStory, stageScene } from "./story.js";
import { clockTime, dayName, now, span } from "./time.js";
import { closeTools } from "./walking.js";
import { say, switchLanguage, translatePage } from "./words.js";

const SPEEDS = [0, 1, 10, 60, 300, 3600];
const STEPS = [["+1 м", "+1 m", 60], ["+15 м", "+15 m", 900], ["+1 ч", "+1 h", 3600]];
const told = new URLSearchParams(location.search);
// A column shows a private chat with the bot when the link says so: ?team.private&team.me=1003
const panels = ["employee", "team", "supervisors"].map((role) => new Panel(role, role === "employee" || told.has(`${role}.private`)));
const $ = (id) => document.getElementById(id);
let connected = true;
let jumping = false;

async function reload() {
  await loadWorld();
  $("panels").classList.toggle("nobody", world.people.size === 0);
  document.querySelector(".welcome")?.remove();
  if (world.people.size === 0) $("panels").append(welcome());
  drawStory(null);
  await Promise.all(panels.map((panel) => panel.load()));
  drawBar();
  drawNotice();
  drawStory(lead);
}

// The scene of a story: its column before the reader's eyes.
function lead(scene) {
  const at = panels.findIndex((panel) => panel.role === scene.column);
  if (front !== at) {
    front = at;
    drawTabs();
  }
  stageScene(scene, panels[at]);
}

function drawNotice() {
  $("notice").hidden = !world.notice;
  $("notice").textContent = world.notice ?? "";
}

let planned = null;
function reloadSoon() {
  clearTimeout(planned);
  planned = setTimeout(reload, 120);
}

function hear(kind, fact) {
  if (kind === "message" || kind === "ephemeral") {
    arrived(fact.chat, fact.message);
    for (const panel of panels) if (panel.chat === fact.chat) panel.hear(fact.message);
    if (fact.message.reply_markup?.keyboard || fact.message.reply_markup?.remove_keyboard) reloadKeyboards();
    drawTabs();
  } else if (kind === "topic") {
    const isNew = keepTopic(fact.chat, fact.topic);
    for (const panel of panels) if (panel.chat === fact.chat && panel.chatPicture) panel.topicChanged(fact.topic, isNew);
  } else if (kind === "clock") {
    hearClock(fact);
    drawBar();
  } else if (kind === "follower") {
    world.follower = fact;
    drawBar();
  } else if (kind === "notice") {
    world.notice = fact;
    drawNotice();
  } else if (kind === "tour") {
    world.tour = fact;
    drawStory(lead);
  } else if (kind === "action") {
    for (const panel of panels) if (panel.chat === fact.chat) panel.typed(true);
  } else if (kind === "pins") {
    const place = world.chats.get(fact.chat) ?? world.private[fact.chat];
    if (place) place.pinned = fact.pinned;
    for (const panel of panels) if (panel.chat === fact.chat) panel.render();
  } else reloadSoon();
}

// What comes where no column looks is counted: at the topic, at the chat, at the column that could show it.
function arrived(chat, message) {
  const topic = threadOf(message);
  const counts = isNew(chat, message) && !message.deleted && !serviceText(message);
  if (!counts || panels.some((panel) => panel.looksAt(chat, topic))) return;
  countUnread(chat, topic);
  for (const panel of panels) (panel.chat === chat ? panel.renderTopics() : panel.renderHead());
}

function keepTopic(chat, topic) {
  const topics = world.chats.get(chat)?.topics ?? [];
  const at = topics.findIndex((one) => one.message_thread_id === topic.message_thread_id);
  if (at < 0) topics.push(topic);
  else topics[at] = topic;
  return at < 0;
}

async function reloadKeyboards() {
  await loadWorld();
  for (const panel of panels) panel.compose({});
}

// ── the clock ──

function drawClock() {
  const time = now();
  $("clock-time").textContent = clockTime(time, true);
  $("clock-date").textContent = dayName(time);
  const due = world.follower?.next_due;
  const ahead = due && due > time;
  $("due").disabled = !ahead || jumping;
  $("due-when").textContent = jumping ? say("jumping") : ahead ? say("at", { time: clockTime(due), span: span(due - time) }) : say("no_due");
}

function drawBar() {
  const speed = world.clock?.speed ?? 1;
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b);
  $("speed").replaceChildren(...speeds.map((one) => el("option", { value: one, selected: one === speed }, one ? `×${one}` : say("pause"))));
  const state = !connected ? "lost" : !world.follower ? "alone" : world.follower.busy ? "busy" : "idle";
  $("pulse").className = `pulse ${state}`;
  $("pulse").lastElementChild.textContent = say(state);
  drawClock();
}

async function advance(body) {
  if (jumping) return;
  jumping = true;
  drawClock();
  try {
    hearClock(await act("clock/advance", body));
  } catch (failure) {
    toast(panels[0].node, failure.message);
  }
  jumping = false;
  drawBar();
}

function drawSteps() {
  const index = document.documentElement.lang === "ru" ? 0 : 1;
  $("steps").replaceChildren(...STEPS.map((step) => el("button", { class: "plain", onclick: () => advance({ seconds: step[2] }) }, step[index])));
}

$("speed").addEventListener("change", async (event) => hearClock(await act("clock", { speed: Number(event.target.value) })));
$("due").addEventListener("click", () => advance({ to: world.follower.next_due }));
$("language").addEventListener("click", () => {
  switchLanguage();
  translate();
  for (const panel of panels) panel.render();
  drawStory(null);
});

function translate() {
  translatePage();
  $("language").textContent = say("other_language");
  $("language").lang = document.documentElement.lang === "ru" ? "en" : "ru";
  drawSteps();
  drawTabs();
  drawBar();
}

// ── a narrow screen shows one column at a time ──

let front = Number(told.get("front")) || 0;
function drawTabs() {
  $("tabs").replaceChildren(...panels.map((panel, index) => {
    if (index === front) panel.unread = 0;
    panel.node.classList.toggle("front", index === front);
    const badge = panel.unread ? el("span", { class: "unread" }, String(panel.unread)) : null;
    const name = panel.unread ? `${say(`tab_${panel.role}`)}, ${say("unread", { n: panel.unread })}` : null;
    return el("button", { class: index === front ? "chosen" : "", "aria-current": index === front ? "true" : null, "aria-label": name, onclick: () => ((front = index), drawTabs(), panel.toEnd()) }, say(`tab_${panel.role}`), badge);
  }));
}

// ── an empty world ──

function welcome() {
  const make = el("button", { class: "primary", onclick: company }, say("make_company"));
  return el("div", { class: "welcome" }, el("img", { src: "/page/icon.svg", alt: "", width: 72, height: 72 }), el("h1", {}, say("empty_world")), el("p", {}, say("empty_hint")), make);
}

async function company() {
  const anna = await act("people", { first_name: "Анна", last_name: "Иванова", language_code: "ru", about: "сотрудник" });
  const oleg = await act("people", { first_name: "Олег", last_name: "Петров", username: "oleg", language_code: "ru", about: "инженер" });
  const vera = await act("people", { first_name: "Вера", last_name: "Павлова", language_code: "ru", about: "руководитель" });
  await act("chats", { type: "supergroup", title: "Helpdesk", is_forum: true, members: [oleg.id], admins: [vera.id], about: "чат команды" });
  await act("chats", { type: "supergroup", title: "Руководители", admins: [vera.id], about: "чат руководителей" });
  localStorage.setItem("employee.me", anna.id);
}

// A press elsewhere closes what a press on a message opened.
addEventListener("pointerdown", (event) => event.target.closest(".row") || closeTools());
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  [...document.querySelectorAll(".panel textarea")].find((area) => area.offsetParent)?.focus();
});

$("panels").append(...panels.map((panel) => panel.node));
translate();
setInterval(() => (drawClock(), refreshTimes()), 250);
const still = told.has("static"); // one look without a live connection
if (still) reload();
else
  listen(
    hear,
    () => ((connected = true), reload()),
    () => ((connected = false), drawBar()),
  );
