// A tour that a guide outside gives: a strip that offers it, says each scene and whose screen it is, and lets one pause or leave.
import { act } from "./api.js";
import { el, fullName, moves } from "./dom.js";
import { world } from "./store.js";
import { language, say } from "./words.js";

const strip = document.getElementById("story");
const opener = document.getElementById("tour");
let mode = null;
let parts = {};
let closed = false; // the reader has closed the end of the story

const wish = (what) => act("tour/wish", { wish: what });
const still = new URLSearchParams(location.search).has("static");
const seen = () => still || localStorage.getItem("story.seen");
const words = (both) => both?.[language] ?? "";

function decline() {
  localStorage.setItem("story.seen", "1");
  closed = world.tour.state === "ended";
  if (closed) wish("stop");
  drawStory(null);
}

opener.addEventListener("click", () => {
  localStorage.setItem("story.seen", "1");
  wish("play");
});

// `lead` shows a scene: it brings its column to the front and says which that is. Without one only words are drawn.
export function drawStory(lead) {
  const tour = world.tour;
  const runs = tour && ["playing", "paused"].includes(tour.state);
  opener.hidden = !tour || runs;
  opener.setAttribute("aria-label", say("story"));
  opener.replaceChildren("▶ ", el("span", {}, say("story")));
  if (runs) closed = false;
  const ended = closed ? null : "ended";
  const wanted = !tour ? null : runs ? "running" : tour.state === "ended" ? ended : seen() ? null : "offered";
  if (wanted !== mode) build(wanted);
  if (!wanted) return leave();
  strip.setAttribute("aria-label", words(tour.title));
  if (wanted === "offered") fill(words(tour.title), words(tour.hint));
  else if (wanted === "ended") fill(words(tour.title), words(tour.scene?.text));
  else running(tour, lead);
  return undefined;
}

function build(wanted) {
  mode = wanted;
  strip.hidden = !wanted;
  parts = { who: el("b", {}), text: el("p", { role: "status" }), count: el("small", {}) };
  const button = (key, act_, main = false) => (parts[key] = el("button", { class: main ? "primary" : "plain", onclick: act_ }));
  const buttons = {
    offered: () => [button("story_begin", () => opener.click(), true), button("story_later", decline)],
    running: () => [button("story_pause", () => wish(world.tour.state === "paused" ? "play" : "pause"), true), button("story_next", () => wish("next")), button("story_stop", () => wish("stop"))],
    ended: () => [button("story_again", () => opener.click(), true), button("story_close", decline)],
  };
  strip.replaceChildren(el("div", { class: "story-words" }, el("div", {}, parts.who, parts.count), parts.text), el("div", { class: "story-buttons" }, wanted ? buttons[wanted]() : []));
}

function fill(who, text) {
  for (const [key, node] of Object.entries(parts)) if (node.tagName === "BUTTON") node.textContent = say(key);
  parts.who.textContent = who;
  if (parts.text.textContent !== text) parts.text.textContent = text;
}

function running(tour, lead) {
  const { scene } = tour;
  if (!scene) return;
  const person = world.people.get(scene.account);
  fill(`${say(`tab_${scene.column}`)} · ${person ? fullName(person) : ""}`, words(scene.text));
  parts.count.textContent = say("story_count", { n: scene.number, of: scene.of });
  parts.story_pause.textContent = say(tour.state === "paused" ? "story_go_on" : "story_pause");
  lead?.(scene);
}

function leave() {
  for (const panel of document.querySelectorAll(".onstage")) panel.classList.remove("onstage");
}

// Show the column of a scene, the chat and the topic in it, and the button that is pressed next.
export async function stageScene(scene, panel) {
  leave();
  panel.node.classList.add("onstage");
  const change = {};
  if (panel.me !== scene.account) change.me = scene.account;
  if (panel.chat !== scene.chat && !panel.isPrivate) Object.assign(change, { chat: scene.chat, me: scene.account });
  if (Object.keys(change).length) await panel.choose(change);
  if (scene.topic && panel.topic !== scene.topic) panel.openTopic(scene.topic);
  if (!scene.message_id) return;
  const row = panel.node.querySelector(`[data-id="${scene.message_id}"]`);
  const button = [...(row?.querySelectorAll(".keyboard button") ?? [])].find((one) => one.textContent.trim() === scene.button);
  button?.classList.add("pointed");
  button?.scrollIntoView({ block: "nearest", behavior: moves() ? "smooth" : "auto" });
}
