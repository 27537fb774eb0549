// Small hands for the DOM: make an element, a drawing, a person's colour and initials, a toast, a dialog.
import { say } from "./words.js";

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function hue(id) {
  return (Math.abs(Number(id)) * 47) % 360;
}

export function fullName(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

export function avatar(id, name, bot = false) {
  if (bot) return el("img", { class: "avatar", src: "/page/icon.svg", alt: "" });
  const initials = name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("");
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, initials.toUpperCase());
  node.style.setProperty("--hue", hue(id));
  return node;
}

// A toast has a place of its own between the messages and the composer: it never lies over a button.
export function toast(panel, text, link = null) {
  const node = el("div", { class: "toast" }, text);
  if (link) node.append(" ", el("a", { href: link, target: "_blank", rel: "noopener" }, link));
  panel.querySelector(".toasts").append(node);
  const stays = Math.min(9000, 2600 + text.length * 45);
  setTimeout(() => node.remove(), stays);
}

export function alertIn(panel, title, text) {
  const before = document.activeElement;
  const close = () => {
    node.remove();
    if (before?.isConnected) before.focus();
  };
  const button = el("button", { class: "primary", onclick: close }, say("understood"));
  const box = el("div", { class: "alert-box", role: "alertdialog", "aria-modal": "true", "aria-label": `${title}: ${text}` }, el("b", {}, title), el("p", {}, text), button);
  const node = el("div", { class: "alert", onclick: (event) => event.target === node && close() }, box);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") event.preventDefault(); // the one button of the dialogue keeps the focus
  });
  panel.append(node);
  button.focus();
}

// A menu above its button: Escape and a press elsewhere close it, arrows go through it.
export function menu(button, items) {
  const node = el("div", { class: "menu", role: "menu", hidden: true, "aria-label": button.getAttribute("aria-label") }, items);
  const show = (on) => {
    node.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    if (on) {
      addEventListener("pointerdown", elsewhere, true);
      items[0]?.focus();
    } else removeEventListener("pointerdown", elsewhere, true);
  };
  const elsewhere = (event) => !holder.contains(event.target) && show(false);
  for (const item of items) {
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.addEventListener("click", () => show(false));
  }
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => show(node.hidden));
  const holder = el("div", { class: "menu-place" }, button, node);
  holder.addEventListener("keydown", (event) => {
    if (node.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    else if (event.key === "Escape") button.focus();
    else if (event.key !== "Tab") return;
    if (!step) show(false);
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  return holder;
}

// Whether the reader likes things to move
export function moves() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// A line drawing on a 24 x 24 field
export function shape(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
