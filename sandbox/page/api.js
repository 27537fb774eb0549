// The page is a client of /sim and of nothing else.
export async function ask(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
  const answer = await fetch(`/sim/${path}?${search}`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

export async function act(path, body = {}) {
  const answer = await fetch(`/sim/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? answer.statusText);
  return told;
}

export function fileAddress(id) {
  return `/sim/files/${encodeURIComponent(id)}`;
}

export async function asBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

// Every change of the world; `opened` is called at each (re)connection, when everything must be read anew.
export function listen(heard, opened, lost) {
  const source = new EventSource("/sim/events");
  source.onopen = opened;
  source.onerror = lost;
  source.onmessage = (event) => {
    const { kind, fact } = JSON.parse(event.data);
    heard(kind, fact);
  };
  addEventListener("pagehide", () => source.close());
}
