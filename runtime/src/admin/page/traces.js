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
  return Boolean(member(trace, "error", "failed", "failure")) || (typeof outcome === "string" && /fail|declin|time|lost|unknown|panic|not[-_ ]sent/.test(outcome));
}

/** Values in the order in which an operator looks for them. */
function headline(trace) {
  const parts = [];
  const add = (look, value) => {
    if (value !== null && value !== undefined && typeof value !== "object") parts.push(make(look, {}, String(value)));
  };
  add("span.when", member(trace, "at", "time", "started"));
  add("span.id", member(trace, "id", "trace", "title"));
  add("span", member(trace, "mti"));
  add("span", member(trace, "route"));
  const outcome = member(trace, "error", "outcome", "status");
  add(isBadTrace(trace) ? "span.bad" : "span.good", typeof outcome === "object" ? JSON.stringify(outcome) : outcome);
  const took = member(trace, "duration_us", "total_us", "elapsed_us");
  const tookMs = member(trace, "duration_ms", "total_ms", "elapsed_ms", "ms");
  if (typeof took === "number") add("span.took", time(took / 1e6));
  else if (typeof tookMs === "number") add("span.took", time(tookMs / 1e3));
  if (parts.length === 0) parts.push(make("span", {}, typeof trace.text === "string" ? trace.text.split("\n")[0] : "transaction"));
  return parts;
}

function traceInside(trace) {
  if (typeof trace.text === "string" && Object.keys(trace).length === 1) return make("pre", { tabindex: "0" }, trace.text);
  return tree(trace);
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
    const code = member(trace, "response_code", "code", "rc");
    if (typeof code === "string" && code.length <= 3) counts.set(code, (counts.get(code) || 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
