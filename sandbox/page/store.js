// What the page knows of the world: read whole at the start and after a lost connection, then kept up by events.
import { ask } from "./api.js";
import { setClock, setZone } from "./time.js";

export const world = { bot: null, people: new Map(), chats: new Map(), private: {}, commands: [], follower: null, clock: null };
const seen = new Map(); // chat id -> the newest message id that was heard of
export const unread = new Map(); // "chat/topic" -> messages that no column shows
const transcripts = new Map(); // chat id -> Map(key -> message)
const HISTORY = 400;

export function keyOf(message) {
  return message.ephemeral_message_id === undefined ? message.message_id : `e${message.ephemeral_message_id}`;
}

export async function loadWorld() {
  const state = await ask("state");
  world.bot = state.bot;
  world.people = new Map(state.people.map((person) => [person.id, person]));
  world.chats = new Map(state.chats.filter((chat) => !chat.migrated_to && chat.type !== "channel").map((chat) => [chat.id, chat]));
  world.private = state.private;
  world.commands = state.commands;
  world.follower = state.follower;
  world.notice = state.notice;
  world.tour = state.tour;
  world.outstanding = state.outstanding;
  for (const chat of [...state.chats, ...Object.entries(state.private).map(([id, one]) => ({ id: Number(id), ...one }))]) seen.set(chat.id, chat.last);
  hearClock(state.clock);
  setZone(state.zone);
}

export function hearClock(clock) {
  world.clock = clock;
  setClock(clock);
}

export async function loadTranscript(chat, reader) {
  const found = await ask(`chats/${chat}/messages`, { limit: HISTORY, as: reader });
  transcripts.set(chat, new Map(found.map((message) => [keyOf(message), message])));
}

export function transcript(chat) {
  if (!transcripts.has(chat)) transcripts.set(chat, new Map());
  return transcripts.get(chat);
}

export function keep(chat, message) {
  const known = transcript(chat).has(keyOf(message));
  transcript(chat).set(keyOf(message), message);
  return !known;
}

// Whether this message was not heard of before; an edit of an older one is not new.
export function isNew(chat, message) {
  if (message.message_id === undefined || message.message_id <= (seen.get(chat) ?? 0)) return false;
  seen.set(chat, message.message_id);
  return true;
}

// Something came where nobody looks.
export function countUnread(chat, topic) {
  const place = `${chat}/${topic}`;
  unread.set(place, (unread.get(place) ?? 0) + 1);
}

export function unreadIn(chat) {
  return [...unread].reduce((sum, [place, count]) => sum + (place.startsWith(`${chat}/`) ? count : 0), 0);
}

export function members(chat) {
  return chat.members.filter((member) => world.people.has(member.id) && !["left", "kicked"].includes(member.status));
}

export function threadOf(message) {
  return message.is_topic_message ? message.message_thread_id : 1;
}
