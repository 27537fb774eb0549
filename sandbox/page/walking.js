// Keys in a list of messages: it is one stop of Tab, the newest message first; arrows go from there to every button.
const STOPS = ".bubble, .keyboard button, .tools-open .tools button, .bubble button, .bubble a, .empty button";
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

function stops(scroller) {
  return [...scroller.querySelectorAll(STOPS)].filter((node) => node.offsetParent !== null);
}

// One element of the list can be reached by Tab: where the reader was, else the newest message or its first button.
export function rove(scroller) {
  const inside = scroller.contains(document.activeElement) ? document.activeElement : null;
  for (const node of scroller.querySelectorAll("button, a, .bubble")) if (node !== inside) node.tabIndex = -1;
  const last = [...scroller.querySelectorAll(".row")].at(-1);
  const stop = inside ?? last?.querySelector(".keyboard button") ?? last?.querySelector(".bubble") ?? scroller.querySelector(".empty button");
  if (stop) stop.tabIndex = 0;
}

export function walkable(scroller) {
  scroller.addEventListener("focusin", (event) => {
    for (const node of scroller.querySelectorAll('[tabindex="0"]')) if (node !== event.target) node.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  scroller.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.classList.contains("bubble")) event.target.click();
    if (event.key === "Escape") closeTools();
    const all = stops(scroller);
    const at = all.indexOf(document.activeElement);
    const to = { Home: 0, End: all.length - 1 }[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : null);
    if (at < 0 || to === null) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  });
}

export function closeTools() {
  for (const row of document.querySelectorAll(".tools-open")) row.classList.remove("tools-open");
}

// After an edit of a message: the button that reads as the pressed one did, else the message itself.
export function focusAgain(node, was) {
  const alike = [...node.querySelectorAll("button")].find((one) => one.textContent === was.textContent);
  (alike ?? node.querySelector(".bubble"))?.focus();
}
