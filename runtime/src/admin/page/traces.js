// The latest transactions, each a line that opens.

/** What is shown now, and what it was made from. */
let tracesShown = [];

/** The first of these members that a trace has. */
function member(trace, ...names) {
  const name = names.find((name) => trace[name] !== undefined && trace[name] !== null);
  return name === undefined ? null : trace[name];
}

/** Anything as nested lists of names and values. */
function tree(value) {
  if (Array.isArray(value)) {
    return make("ol.tree", {}, ...value.map((item) => make("li", {}, tree(item))));
  }
  if (value !== null && typeof value === "object") {
    const list = make("dl.tree");
    for (const [name, inside] of Object.entries(value)) list.append(make("dt", {}, name), make("dd", {}, tree(inside)));
    return list;
  }
  return document.createTextNode(value === null ? "–" : String(value));
}

function isBadTrace(trace) {
  const outcome = member(trace, "outcome", "status");
  return Boolean(member(trace, "failed", "error")) || (typeof outcome === "string" && !GOOD_OUTCOMES.includes(outcome));
}

/** What happened to a transaction, in order. */
const entries = (trace) => (Array.isArray(trace.entries) ? trace.entries : []);
const messages = (trace) => entries(trace).map(({ message }) => message).filter((message) => message && typeof message === "object");

/** The response code of a transaction: that of its last message. */
function codeOf(trace) {
  const code = member(trace, "response_code", "code");
  if (code !== null) return code;
  const last = messages(trace).at(-1);
  const value = last && Array.isArray(last.values) ? last.values.find(({ path }) => path === "39") : null;
  return value ? value.value : null;
}

/** Values in the order in which an operator looks for them. */
function headline(trace) {
  const parts = [];
  const add = (look, value) => {
    if (value !== null && value !== undefined && value !== "" && typeof value !== "object") parts.push(make(look, {}, String(value)));
  };
  const started = member(trace, "started", "at", "time");
  add("span.when", typeof started === "string" ? started.replace(/^.*T/, "").replace(/Z$/, "") : started);
  add("span.id", member(trace, "id", "title"));
  add("span", member(trace, "mti") ?? messages(trace).map(({ mti }) => mti).filter(Boolean).join(" → "));
  const code = codeOf(trace);
  if (code !== null) add(codeLook(code), `${code} ${CODES[code] || ""}`.trim());
  const error = entries(trace).map(({ error }) => error).find(Boolean);
  if (isBadTrace(trace)) add("span.bad", error || member(trace, "outcome", "status") || "failed");
  const took = member(trace, "total_us", "duration_us");
  if (typeof took === "number") add("span.took", time(took / 1e6));
  if (parts.length === 0) parts.push(make("span", {}, typeof trace.text === "string" ? trace.text.split("\n")[0] : "transaction"));
  return parts;
}

function entryRow(entry) {
  const { at_us: at, label, fields, message, error, ...rest } = entry;
  const inside = make("div.inside");
  if (error) inside.append(make("span.bad", {}, String(error)));
  for (const [name, value] of Object.entries(fields || {})) {
    inside.append(make("span.field", {}, make("span.muted", {}, `${name} `), tree(value)));
  }
  if (message && Array.isArray(message.values)) {
    const row = ({ path, name, value }) => make("tr", {}, make("th", { scope: "row" }, String(path)), make("td", {}, String(name)), make("td.value", {}, String(value)));
    inside.append(make("span.muted", {}, [message.dialect, message.mti].filter(Boolean).join(" ")),
      make("table.elements", {}, make("tbody", {}, ...message.values.map(row))));
  } else if (message) inside.append(tree(message));
  if (Object.keys(rest).length > 0) inside.append(tree(rest));
  return make("li", {}, make("span.when", {}, typeof at === "number" ? `+${time(at / 1e6)}` : ""), make("strong", {}, String(label ?? "")), inside);
}

function traceInside(trace) {
  if (typeof trace.text === "string" && Object.keys(trace).length === 1) return make("pre", { tabindex: "0" }, trace.text);
  if (entries(trace).length === 0) return tree(trace);
  const more = trace.left_out ? make("li.muted", {}, `and ${count(trace.left_out)} more that were not kept`) : null;
  return make("ol.entries", {}, ...[...trace.entries.map(entryRow), more].filter(Boolean));
}

function showTraces(traces) {
  byId("no-traces").hidden = traces.length > 0;
  if (byId("hold").checked && tracesShown.length > 0) return;
  tracesShown = traces;
  // The same trace may come twice in a ring: the place among equals tells them apart.
  const seen = new Map();
  const items = traces.map((trace) => {
    const text = JSON.stringify(trace);
    const times = (seen.get(text) || 0) + 1;
    seen.set(text, times);
    return { trace, key: `${text}#${times}` };
  });
  keyed(byId("traces"), items, ({ key }) => key, ({ trace }) => {
    const details = make("details.trace", {}, make("summary", {}, ...headline(trace)));
    // Made when it is opened: hundreds of closed ones cost nothing.
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(traceInside(trace));
    });
    return details;
  }, () => {});
}

/** Response codes of the traces shown, where the metrics have none. */
function codesOfTraces() {
  const counts = new Map();
  for (const trace of tracesShown) {
    const code = codeOf(trace);
    if (typeof code === "string" && /^\w{2,3}$/.test(code)) counts.set(code, (counts.get(code) || 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
