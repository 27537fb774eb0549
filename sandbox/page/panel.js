// One column: whose eyes, which chat, which topic; the transcript and everything one can do in it.
import { act } from "./api.js";
import { composer } from "./composer.js";
import { alertIn, avatar, el, fullName, moves, toast } from "./dom.js";
import { draw, senderOf, summary } from "./message.js";
import { keep, keyOf, loadTranscript, members, threadOf, transcript, unread, unreadIn, world } from "./store.js";
import { day, dayName } from "./time.js";
import { showChosen, topicList } from "./topics.js";
import { focusAgain, rove, walkable } from "./walking.js";
import { say } from "./words.js";

// Whom `about` makes a likely person for a column
const PLACE = { employee: /employee|сотрудник/i, team: /engineer|инженер/i, supervisors: /supervis|руковод|chief/i };

// A link may say who looks at what: ?employee.me=1003&team.topic=12
const told = new URLSearchParams(location.search);

export class Panel {
  constructor(role, isPrivate) {
    const topic = Number(told.get(`${role}.topic`)) || 1;
    Object.assign(this, { role, isPrivate, chat: null, me: null, topic, replyTo: null, editing: null, unread: 0, typing: null });
    this.node = el("section", { class: `panel ${isPrivate ? "private" : "group"}`, "data-role": role });
  }

  get chatPicture() {
    return world.chats.get(this.chat);
  }

  get forum() {
    return !this.isPrivate && this.chatPicture?.is_forum;
  }

  saved(name) {
    return Number(told.get(`${this.role}.${name}`) ?? localStorage.getItem(`${this.role}.${name}`)) || null;
  }

  // Choose whom to be and where, from what exists now
  settle() {
    if (this.isPrivate) {
      const people = [...world.people.values()];
      const wanted = [this.me, this.saved("me")].find((id) => world.people.has(id));
      this.me = wanted ?? (people.find((person) => PLACE.employee.test(person.about)) ?? people[0])?.id ?? null;
      this.chat = this.me;
      return;
    }
    const chats = [...world.chats.values()];
    const wanted = [this.chat, this.saved("chat")].find((id) => world.chats.has(id));
    this.chat = wanted ?? this.likely(chats)?.id ?? null;
    const there = this.chatPicture ? members(this.chatPicture) : [];
    const who = [this.me, this.saved("me")].find((id) => there.some((member) => member.id === id));
    const fits = (member) => PLACE[this.role].test(world.people.get(member.id).about);
    this.me = who ?? (there.find(fits) ?? there.find((member) => member.status === "member") ?? there[0])?.id ?? null;
    if (this.forum && !this.chatPicture.topics.some((topic) => topic.message_thread_id === this.topic && !topic.deleted)) this.topic = 1;
  }

  likely(chats) {
    const chiefs = (chat) => PLACE.supervisors.test(`${chat.about} ${chat.title}`);
    if (this.role === "supervisors") return chats.find(chiefs) ?? chats[1];
    return chats.find((chat) => chat.is_forum && !chiefs(chat)) ?? chats.find((chat) => !chiefs(chat)) ?? chats[0];
  }

  async load() {
    this.settle();
    if (this.chat !== null) await loadTranscript(this.chat, this.isPrivate ? undefined : this.me);
    this.render();
  }

  async choose(change) {
    Object.assign(this, change, { replyTo: null, editing: null });
    if (this.isPrivate && change.me) this.chat = change.me;
    if (change.chat) this.topic = 1;
    for (const name of ["me", "chat"]) if (change[name]) localStorage.setItem(`${this.role}.${name}`, change[name]);
    await this.load();
  }

  openTopic(topic) {
    this.topic = topic;
    this.replyTo = this.editing = null;
    this.render();
  }

  // ── drawing ──

  render() {
    this.settle();
    for (const place of [...unread.keys()]) if (place === `${this.chat}/${this.forum ? this.topic : 1}`) unread.delete(place);
    this.node.setAttribute("aria-label", say(this.role));
    this.scroller = el("div", { class: "scroll", role: "log", "aria-label": say("messages") });
    walkable(this.scroller);
    this.stayAtEnd();
    const written = this.node.querySelector("textarea")?.value;
    const writes = this.node.querySelector("textarea") === document.activeElement && written !== undefined;
    const dock = el("div", { class: "dock" }, el("div", { class: "toasts", role: "status" }), composer(this));
    const main = el("div", { class: "talk" }, this.pinBar(), this.scroller, dock);
    const inside = el("div", { class: "inside" }, this.forum ? topicList(this) : null, main);
    this.node.replaceChildren(this.head(), inside);
    const area = this.node.querySelector("textarea");
    if (area && written) area.value = written;
    this.fill();
    showChosen(this);
    if (writes) area?.focus();
  }

  head() {
    const title = this.isPrivate ? fullName(world.bot) : (this.chatPicture?.title ?? "—");
    const chats = this.isPrivate ? [] : [...world.chats.values()];
    this.subtitle = el("small", {}, say(this.role));
    const names = el("label", { class: `names ${chats.length > 1 ? "choice" : ""}` }, el("b", { class: "title" }, title), this.subtitle);
    const counted = chats.map((chat) => [chat.id, this.withUnread(chat.title, chat.id)]);
    if (chats.length > 1) names.append(this.select(say("which_chat"), counted, this.chat, (id) => this.choose({ chat: id, me: null })));
    const face = this.isPrivate ? avatar(0, "", true) : avatar(this.chat ?? 0, title);
    const elsewhere = chats.filter((chat) => chat.id !== this.chat && chat.is_forum === this.chatPicture?.is_forum);
    return el("header", {}, face, names, this.badge(elsewhere.map((chat) => chat.id)), this.whoAmI());
  }

  withUnread(name, chat) {
    return unreadIn(chat) ? `${name} · ${say("unread", { n: unreadIn(chat) })}` : name;
  }

  // What came into the chats that this column could show and does not
  badge(chats) {
    const count = chats.reduce((sum, chat) => sum + unreadIn(chat), 0);
    return count ? el("span", { class: "unread", role: "img", title: say("unread_elsewhere", { n: count }), "aria-label": say("unread_elsewhere", { n: count }) }, String(count)) : null;
  }

  renderHead() {
    const old = this.node.querySelector("header");
    if (old && !old.contains(document.activeElement)) old.replaceWith(this.head());
  }

  whoAmI() {
    const people = this.isPrivate ? [...world.people.values()] : members(this.chatPicture ?? { members: [] }).map((member) => world.people.get(member.id));
    const person = world.people.get(this.me);
    if (!person) return el("span", { class: "me" }, say("nobody"));
    const tag = this.isPrivate ? "" : this.chatPicture.members.find((member) => member.id === this.me)?.tag;
    const state = person.blocked ? say("blocked") : tag || person.about || say("writes_as");
    const label = (one) => [fullName(one), one.about && `— ${one.about}`, one.blocked && `(${say("blocked")})`].filter(Boolean).join(" ");
    const counted = (one) => (this.isPrivate ? this.withUnread(label(one), one.id) : label(one));
    const list = this.select(say("writes_as"), people.map((one) => [one.id, counted(one)]), this.me, (id) => this.choose({ me: id }));
    const others = this.isPrivate ? people.map((one) => one.id).filter((id) => id !== this.me) : [];
    return el("label", { class: "me choice", title: `${say("writes_as")}: ${label(person)}` },
      avatar(person.id, fullName(person)), el("span", {}, el("b", {}, fullName(person)), el("small", {}, state)), this.badge(others), list);
  }

  // The list lies invisible over what is shown, so that the shown name can be shorter than the option
  select(name, options, value, chosen) {
    const list = options.map(([id, text]) => el("option", { value: id, selected: id === value }, text));
    return el("select", { "aria-label": name, onchange: (event) => chosen(Number(event.target.value)) }, list);
  }

  pinBar() {
    const pinned = this.isPrivate ? world.private[this.chat]?.pinned : this.chatPicture?.pinned;
    const known = (pinned ?? []).map((id) => transcript(this.chat).get(id)).filter((one) => one && this.shows(one));
    const last = known.at(-1);
    if (!last) return null;
    return el("button", { class: "pin", onclick: () => this.jump(last.message_id) }, el("b", {}, say("pinned")), el("span", {}, summary(last)));
  }

  shows(message) {
    if (message.deleted) return false;
    if (message.receiver_user && message.receiver_user.id !== this.me) return false;
    return !this.forum || threadOf(message) === this.topic;
  }

  fill() {
    const shown = [...transcript(this.chat).values()].filter((message) => this.shows(message));
    this.scroller.replaceChildren();
    let previous = null;
    for (const message of shown) {
      this.scroller.append(...this.lines(message, previous));
      previous = message;
    }
    if (!shown.length) this.scroller.append(this.emptiness());
    rove(this.scroller);
    this.toEnd();
  }

  emptiness() {
    if (!this.isPrivate) return el("div", { class: "empty" }, say("empty_chat"));
    const person = world.people.get(this.me);
    if (!person || person.started) return el("div", { class: "empty" }, say("empty_chat"));
    const start = el("button", { class: "primary", onclick: () => this.send({ text: "/start" }) }, say("start"));
    return el("div", { class: "empty" }, el("p", {}, say("empty_private", { name: person.first_name })), start);
  }

  lines(message, previous) {
    const lines = [];
    if (!previous || day(previous.date) !== day(message.date)) lines.push(el("div", { class: "day" }, el("span", {}, dayName(message.date))));
    const node = draw(message, lines.length ? null : previous, this.hand());
    node.dataset.key = keyOf(message);
    lines.push(node);
    return lines;
  }

  hand() {
    return {
      me: this.me,
      private: this.isPrivate,
      press: (message, button, node) => this.press(message, button, node),
      reply: (message) => this.compose({ replyTo: message, editing: null }),
      jump: (id) => this.jump(id),
      act: (what, message, value) => this.change(what, message, value),
      command: (words) => this.send({ text: words }),
    };
  }

  // Whatever takes room from the messages - a toast, a caption - leaves the newest one in sight.
  stayAtEnd() {
    const list = this.scroller;
    let isAtEnd = true;
    list.addEventListener("scroll", () => (isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40), { passive: true });
    new ResizeObserver(() => isAtEnd && (list.scrollTop = list.scrollHeight)).observe(list);
  }

  toEnd() {
    requestAnimationFrame(() => (this.scroller.scrollTop = this.scroller.scrollHeight));
  }

  jump(id) {
    const node = this.scroller.querySelector(`[data-id="${id}"]`);
    node?.scrollIntoView({ block: "center", behavior: moves() ? "smooth" : "auto" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1200);
  }

  // ── hearing ──

  hear(message) {
    const fresh = keep(this.chat, message);
    if (fresh && senderOf(message).id !== this.me && !message.deleted) this.unread += 1;
    if (!this.shows(message) && !this.node.querySelector(`[data-key="${keyOf(message)}"]`)) return;
    const near = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 160;
    const old = this.scroller.querySelector(`[data-key="${keyOf(message)}"]`);
    this.typed(false);
    if (!fresh && this.node.querySelector(".pin")) this.node.querySelector(".pin").replaceWith(this.pinBar() ?? "");
    if (old) this.redraw(old, message);
    else if (fresh) this.append(message);
    rove(this.scroller);
    if (near || senderOf(message).id === this.me) this.toEnd();
  }

  append(message) {
    this.scroller.querySelector(".empty")?.remove();
    this.tidy();
    const shown = [...transcript(this.chat).values()].filter((one) => this.shows(one));
    const previous = shown[shown.indexOf(message) - 1] ?? null;
    const lines = this.lines(message, previous);
    lines.at(-1).classList.add("fresh");
    this.scroller.append(...lines);
  }

  redraw(old, message) {
    if (!this.shows(message)) {
      old.classList.add("vanish");
      setTimeout(() => this.forget(old), 250);
      return;
    }
    const shown = [...transcript(this.chat).values()].filter((one) => this.shows(one));
    const previous = old.previousElementSibling?.classList.contains("day") ? null : (shown[shown.indexOf(message) - 1] ?? null);
    const node = draw(message, previous, this.hand());
    node.dataset.key = keyOf(message);
    const pressed = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(node);
    if (pressed) focusAgain(node, pressed);
  }

  // Whether a message of this chat and topic is before the reader's eyes
  looksAt(chat, topic) {
    return this.chat === chat && (!this.forum || this.topic === topic);
  }

  // The message below a deleted one may begin a group now; a day without messages is not named.
  forget(row) {
    const below = row.nextElementSibling?.dataset.key;
    row.remove();
    const message = [...transcript(this.chat).values()].find((one) => String(keyOf(one)) === below);
    const node = below && this.scroller.querySelector(`[data-key="${below}"]`);
    if (message && node) this.redraw(node, message);
    this.tidy();
  }

  tidy() {
    for (const line of this.scroller.querySelectorAll(".day")) {
      const next = line.nextElementSibling;
      if (!next || next.classList.contains("day")) line.remove();
    }
  }

  renderTopics() {
    const old = this.node.querySelector(".topics");
    if (!old || !this.forum) return;
    old.replaceWith(topicList(this));
    showChosen(this);
  }

  topicChanged(topic, isNew) {
    const busy = this.node.querySelector("textarea")?.value;
    if (isNew && this.topic === 1 && !busy) this.openTopic(topic.message_thread_id);
    else if (topic.deleted && topic.message_thread_id === this.topic) this.openTopic(1);
    else {
      this.renderTopics();
      if (topic.message_thread_id === this.topic) this.compose({});
    }
  }

  typed(on) {
    clearTimeout(this.typing);
    if (this.subtitle) this.subtitle.textContent = on ? say("typing") : say(this.role);
    if (on) this.typing = setTimeout(() => this.typed(false), 5000);
  }

  // ── doing ──

  async trying(work) {
    try {
      return await work();
    } catch (failure) {
      toast(this.node, failure.message);
      return null;
    }
  }

  place() {
    const place = { from: this.me, chat: this.chat };
    if (this.forum && this.topic !== 1) place.thread = this.topic;
    return place;
  }

  send(content) {
    const body = { ...this.place(), ...content };
    if (this.replyTo) body.reply_to = this.replyTo.message_id;
    this.replyTo = null;
    return this.trying(() => act("send", body));
  }

  compose(change) {
    Object.assign(this, change);
    const old = this.node.querySelector(".composer");
    const wrote = old?.querySelector("textarea") === document.activeElement;
    const kept = old?.querySelector("textarea")?.value ?? "";
    const fresh = composer(this);
    old?.replaceWith(fresh);
    const area = fresh.querySelector("textarea");
    if (!area) return;
    area.value = this.editing && change.editing ? this.editing.text : kept;
    area.dispatchEvent(new Event("input"));
    if (change.replyTo || change.editing || wrote) area.focus();
  }

  async change(what, message, value) {
    const body = { from: this.me, chat: this.chat, message_id: message.message_id };
    if (what === "edit") return this.compose({ editing: message, replyTo: null });
    if (what === "react") body.emoji = value;
    return this.trying(() => act(what, body));
  }

  async press(message, button, node) {
    if (button.url) return void window.open(button.url, "_blank", "noopener");
    if (button.copy_text) {
      await navigator.clipboard?.writeText(button.copy_text.text).catch(() => {});
      return toast(this.node, say("copied", { text: button.copy_text.text }));
    }
    if (button.callback_data === undefined) return undefined;
    const which = message.ephemeral_message_id === undefined ? { message_id: message.message_id } : { ephemeral_message_id: message.ephemeral_message_id };
    node.classList.add("waiting");
    const answer = await this.trying(() => act("press", { from: this.me, chat: this.chat, ...which, data: button.callback_data }));
    node.classList.remove("waiting");
    if (!answer) return undefined;
    if (!answer.answered) return toast(this.node, say("no_answer"));
    if (answer.url) return toast(this.node, "", answer.url);
    if (!answer.text) return undefined;
    return answer.show_alert ? alertIn(this.node, fullName(world.bot), answer.text) : toast(this.node, answer.text);
  }
}
