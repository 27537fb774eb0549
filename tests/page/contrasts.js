// The contrast of every text that is shown, the least of each kind: [[what, words, ratio], ...]
(() => {
  const colour = (text) => {
    const found = text.match(/[\d.]+/g).map(Number);
    const scale = text.startsWith("color(srgb") ? 255 : 1;
    return [...found.slice(0, 3).map((one) => one * scale), found[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backdrop = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const seen = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!/[\p{L}\p{N}]/u.test(words) || !node.getClientRects().length || node.closest("button:disabled")) continue;
    const style = getComputedStyle(node);
    if (style.visibility === "hidden" || node.closest(".choice select") || style.color.endsWith(", 0)")) continue;
    const back = backdrop(node);
    let faded = 1;
    for (let at = node; at; at = at.parentElement) faded *= Number(getComputedStyle(at).opacity);
    const ink = colour(style.color);
    const front = over([...ink.slice(0, 3), ink[3] * faded], back);
    const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const key = `${node.tagName}.${node.className} in ${node.parentElement?.className}`;
    if (ratio < (seen.get(key)?.[0] ?? 99)) seen.set(key, [ratio, words.slice(0, 40)]);
  }
  return [...seen].map(([key, [ratio, words]]) => [key, words, ratio]);
})()