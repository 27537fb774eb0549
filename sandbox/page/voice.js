// A voice message: recorded with the microphone where there is one, or a made one of two seconds.
import { act, asBase64 } from "./api.js";
import { el, menu, shape, toast } from "./dom.js";
import { span } from "./time.js";
import { say } from "./words.js";

const RATE = 8000; // samples a second
const LONGEST = 60; // seconds
let recorder = null;

export function voiceButton(panel) {
  const button = el("button", { class: "icon", title: say("voice"), "aria-label": say("voice") }, shape("M12 4a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"));
  const items = [
    el("button", { onclick: () => record(panel) }, el("b", {}, say("voice_record"))),
    el("button", { onclick: () => speak(panel, made(2), 2) }, el("b", {}, say("voice_make"))),
  ];
  const place = menu(button, items);
  place.classList.add("voice");
  return place;
}

async function record(panel) {
  if (recorder || !navigator.mediaDevices) return recorder ? recorder.stop() : toast(panel.node, say("voice_none"));
  try {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    listen(panel, sound);
  } catch {
    toast(panel.node, say("voice_none"));
  }
  return undefined;
}

function listen(panel, sound) {
  const parts = [];
  const began = performance.now();
  const length = () => Math.max(1, Math.round((performance.now() - began) / 1000));
  const shown = el("b", {}, span(0));
  const line = el("div", { class: "recording" }, el("i", { "aria-hidden": "true" }, "●"), say("voice_going"), shown,
    el("button", { class: "primary", onclick: () => recorder.stop() }, say("voice_send")),
    el("button", { class: "plain", onclick: () => ((parts.dropped = true), recorder.stop()) }, say("cancel")));
  const ticking = setInterval(() => ((shown.textContent = span(length())), length() >= LONGEST && recorder?.stop()), 500);
  recorder = new MediaRecorder(sound);
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = () => {
    clearInterval(ticking);
    line.remove();
    for (const track of sound.getTracks()) track.stop();
    recorder = null;
    if (!parts.dropped) speak(panel, new Blob(parts, { type: parts[0]?.type.split(";")[0] || "audio/webm" }), length());
  };
  panel.node.querySelector(".dock").prepend(line);
  line.querySelector("button").focus();
  recorder.start();
}

async function speak(panel, blob, seconds) {
  const file = { base64: await asBase64(blob), name: "voice.oga", mime: blob.type, duration: seconds };
  await panel.trying(() => act("send", { ...panel.place(), voice: file }));
}

// A WAV of one voice: syllables at a speaker's pitch that rise and fall
function made(seconds) {
  const count = RATE * seconds;
  const bytes = new DataView(new ArrayBuffer(44 + count));
  const text = (at, words) => [...words].forEach((letter, index) => bytes.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + count, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, RATE, true);
  bytes.setUint16(32, 1, true);
  bytes.setUint16(34, 8, true);
  text(36, "data");
  bytes.setUint32(40, count, true);
  for (let at = 0; at < count; at += 1) {
    const time = at / RATE;
    const loudness = Math.max(0, Math.sin(time * 2 * Math.PI * 3)) * 40;
    const pitch = 140 + 30 * Math.sin(time * 4);
    bytes.setUint8(44 + at, 128 + loudness * (Math.sin(2 * Math.PI * pitch * time) + 0.4 * Math.sin(6 * Math.PI * pitch * time)));
  }
  return new Blob([bytes], { type: "audio/wav" });
}
