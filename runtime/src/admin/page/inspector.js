// Looking into a message: bytes with the spans of the elements, values as the server masks them, errors with their byte.

/** Tints that spans take turns in. */
const TINTS = 6;
/** Most bytes that are drawn. */
const DRAWN = 4096;

async function loadSpecs() {
  try {
    const { specs } = await ask("specs");
    byId("spec").replaceChildren(...specs.map(({ name, title }) => make("option", { value: name }, `${name} – ${title}`)));
  } catch {
    // Asked again with the next message.
  }
}

/** The bytes of plain hex; nothing where it is a hexdump or none at all. */
function bytesOf(text) {
  const digits = text.replace(/0x/gi, "").replace(/[\s,:;]/g, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) || [], (pair) => parseInt(pair, 16));
}

/** What is at each byte of all that was pasted: `{ id, label, shown }`; nothing where nothing is known of it. */
function places(told) {
  const at = new Array(told.bytes).fill(null);
  told.messages.forEach((message, number) => {
    const mark = (span, id, label, shown) => {
      for (let byte = span[0]; byte < span[1]; byte += 1) at[message.start + byte] = { id: `${number}-${id}`, label, shown };
    };
    if (message.mti) mark(message.mti.span, "mti", "message type", true);
    if (message.bitmap) mark(message.bitmap.span, "bitmap", "bitmap", message.bitmap.shown);
    if (message.bitmap && message.bitmap.third) mark(message.bitmap.third, "bitmap", "bitmap", message.bitmap.shown);
    message.elements.forEach((element, place) => mark(element.span, `e${place}`, `${element.path} ${element.name}`, element.shown));
  });
  return at;
}

function dump(told, bytes) {
  const at = places(told);
  const wrong = new Set(told.messages.flatMap((message) => message.errors.map(({ offset }) => message.start + offset)));
  if (told.error) wrong.add(told.error.offset);
  const tints = new Map();
  const tint = (place) => {
    if (!tints.has(place.id)) tints.set(place.id, tints.size % TINTS);
    return `tint${tints.get(place.id)}`;
  };
  const rows = [];
  for (let start = 0; start < Math.min(bytes.length, DRAWN); start += 16) {
    const hex = make("span.hex");
    const text = make("span.text");
    for (let byte = start; byte < Math.min(start + 16, bytes.length, DRAWN); byte += 1) {
      const place = at[byte];
      const shown = Boolean(place && place.shown);
      const value = bytes[byte];
      const look = ["span", place ? tint(place) : "rest", wrong.has(byte) ? "wrong" : "", shown ? "" : "masked"].filter(Boolean).join(".");
      const attributes = { title: `byte ${byte}${place ? ` · ${place.label}` : ""}`, "data-place": place && place.id };
      hex.append(make(look, attributes, shown ? value.toString(16).padStart(2, "0").toUpperCase() : "••"));
      const isVisible = value >= 0x20 && value < 0x7f;
      text.append(make(look, attributes, shown && isVisible ? String.fromCharCode(value) : "·"));
    }
    rows.push(make("div", {}, make("span.offset", {}, String(start).padStart(4, "0")), hex, text));
  }
  if (bytes.length > DRAWN) rows.push(make("div.muted", {}, `and ${count(bytes.length - DRAWN)} bytes more`));
  return make("div.dump", { "aria-hidden": "true" }, ...rows);
}

/** A value as it stands; in quotes where blanks at its ends would not be seen. */
function quoted(value) {
  return value.trim() === value && value !== "" ? value : JSON.stringify(value);
}

function elementTable(message, number) {
  const row = (id, path, name, span, value, meaning, shown) => make("tr", { tabindex: "0", "data-place": `${number}-${id}` },
    make("th", { scope: "row" }, path), make("td", {}, name),
    make("td.number", {}, `${message.start + span[0]}–${message.start + span[1] - 1}`),
    make(shown ? "td.value" : "td.value.masked", {}, quoted(value)), make("td.muted", {}, meaning || ""));
  const rows = [];
  if (message.mti) rows.push(row("mti", "mti", "Message type", message.mti.span, message.mti.value, message.mti.meaning, true));
  if (message.bitmap) {
    rows.push(row("bitmap", "bitmap", "Bitmap", message.bitmap.span, message.bitmap.value, message.bitmap.numbers.join(" "), message.bitmap.shown));
  }
  message.elements.forEach(({ path, name, span, value, meaning, shown }, place) => {
    rows.push(row(`e${place}`, path, name, span, value, meaning, shown));
  });
  const head = ["Element", "Name", "Bytes", "Value", "Meaning"].map((name) => make("th", { scope: "col" }, name));
  return make("div.scroll", { tabindex: "0", role: "region", "aria-label": "Elements" },
    make("table.elements", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

function errorList(errors, start) {
  return make("ul.errors", {}, ...errors.map(({ path, name, offset, message, hint }) => make("li", {},
    make("strong", {}, `${path}${name ? ` ${name}` : ""}, byte ${start + offset}: `), message,
    hint ? make("p.hint", {}, `Hint: ${hint}`) : null)));
}

function showInspected(told, pasted) {
  const out = [];
  const drawn = pasted && pasted.length === told.bytes ? pasted : null;
  const wrong = told.messages.reduce((sum, { errors }) => sum + errors.length, 0) + (told.error ? 1 : 0);
  const number = told.messages.length;
  const messages = `${number} message${number === 1 ? "" : "s"}${told.more ? ", and more that are not shown" : ""}`;
  const verdict = wrong === 0 ? `● good: ${messages}, ${count(told.bytes)} bytes` : `▲ ${wrong} error${wrong === 1 ? "" : "s"}: ${messages}, ${count(told.bytes)} bytes`;
  out.push(make(wrong === 0 ? "p.verdict.good" : "p.verdict.bad", { role: "status" }, verdict));
  if (told.error) out.push(errorList([told.error], 0));
  if (drawn) out.push(dump(told, drawn));
  else out.push(make("p.muted", {}, "The bytes are drawn for plain hex only, not for a hexdump."));
  told.messages.forEach((message, place) => {
    const name = message.mti ? `${message.mti.value} ${message.mti.meaning}` : "no message type";
    out.push(make("h3", {}, number > 1 ? `Message ${place + 1}: ${name}` : name));
    if (message.errors.length > 0) out.push(errorList(message.errors, message.start));
    if (!message.whole) out.push(make("p.muted", {}, "It cannot be read to its end, so what was read may have been read from the wrong byte: values are not shown."));
    out.push(elementTable(message, place));
  });
  byId("inspected").replaceChildren(...out);
}

function showReadings(told) {
  const out = [];
  if (told.readings.length === 0) out.push(make("p.verdict.bad", { role: "status" }, `▲ ${count(told.bytes)} bytes: no message of any spec begins there`));
  else if (!told.fits) out.push(make("p.verdict.bad", { role: "status" }, "▲ nothing fits wholly; the closest are"));
  else out.push(make("p.verdict.good", { role: "status" }, "● this fits"));
  for (const reading of told.readings) {
    const use = make("button", { type: "button" }, "Look into it so");
    use.addEventListener("click", () => {
      byId("spec").value = reading.spec;
      byId("framing").value = reading.framing;
      inspect();
    });
    const read = reading.fits ? `everything fits: ${reading.messages} of type ${reading.mti}, ${reading.elements} elements` : `reads ${reading.read} of ${told.bytes} bytes, type ${reading.mti}`;
    const alike = reading.alike.length > 0 ? `; just so by ${reading.alike.join(", ")}` : "";
    out.push(make("div.reading", {}, make("h3", {}, `${reading.spec}${reading.overlay ? ", changed" : ""}, framing ${reading.framing}`),
      make("p", {}, read + alike),
      reading.problems.length > 0 ? errorList(reading.problems.slice(0, 3), 0) : null,
      reading.overlay ? make("pre", { tabindex: "0" }, reading.overlay) : use));
  }
  byId("inspected").replaceChildren(...out);
}

/** Asks, shows, and says what goes on meanwhile. */
async function askOf(path, body, show) {
  const state = byId("inspect-state");
  say(state, "looking");
  try {
    show(await ask(path, body));
    say(state, "");
  } catch (error) {
    if (error instanceof Refused && error.status === 401) wantToken();
    say(state, "");
    const told = error instanceof Refused ? error.message : "the server does not answer";
    byId("inspected").replaceChildren(make("p.verdict.bad", { role: "status" }, `▲ ${told}`));
  }
}

async function inspect() {
  if (byId("spec").options.length === 0) await loadSpecs();
  const hex = byId("hex").value;
  const body = { spec: byId("spec").value, framing: byId("framing").value.trim() || "none", hex };
  await askOf("inspect", body, (told) => showInspected(told, bytesOf(hex)));
}

function forgetMessage() {
  byId("hex").value = "";
  byId("inspected").replaceChildren();
  say(byId("inspect-state"), "");
}

/** The element under the pointer or the focus is marked wherever it is shown. */
function markPlace(event) {
  const under = event.target instanceof Element ? event.target.closest("[data-place]") : null;
  for (const element of document.querySelectorAll("#inspected .marked")) element.classList.remove("marked");
  if (!under) return;
  for (const element of document.querySelectorAll(`#inspected [data-place="${CSS.escape(under.dataset.place)}"]`)) element.classList.add("marked");
}

byId("inspect").addEventListener("submit", (event) => {
  event.preventDefault();
  inspect();
});
byId("doctor").addEventListener("click", () => askOf("doctor", { hex: byId("hex").value }, showReadings));
byId("clear").addEventListener("click", () => {
  forgetMessage();
  byId("hex").focus();
});
byId("inspected").addEventListener("pointerover", markPlace);
byId("inspected").addEventListener("pointerleave", markPlace);
byId("inspected").addEventListener("focusin", markPlace);
// Nothing pasted outlives the page.
window.addEventListener("pagehide", forgetMessage);
