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

export function toast(panel, text, link = null) {
  const node = el("div", { class: "toast", role: "status" }, text);
  if (link) node.append(" ", el("a", { href: link, target: "_blank", rel: "noopener" }, link));
  panel.querySelector(".toasts").append(node);
  setTimeout(() => node.classList.add("gone"), 3800);
  setTimeout(() => node.remove(), 4200);
}

export function alertIn(panel, title, text) {
  const close = () => node.remove();
  const button = el("button", { class: "primary", onclick: close }, say("understood"));
  const box = el("div", { class: "alert-box", role: "alertdialog" }, el("b", {}, title), el("p", {}, text), button);
  const node = el("div", { class: "alert", onclick: (event) => event.target === node && close() }, box);
  panel.append(node);
  button.focus();
}

// A line drawing on a 24 x 24 field
export function shape(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
