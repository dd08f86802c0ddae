// The components: state, rate, times; and the sums over all of them.

/** Looks and words of each health. The shape says it, too, for those who do not tell the colours apart. */
const HEALTH = {
  up: ["good", "●"],
  degraded: ["doubt", "◐"],
  starting: ["doubt", "◌"],
  down: ["bad", "▲"],
  stopped: ["off", "○"],
};

/** Rates seen so far, by component. */
const rates = new Map();

function noteRate(component) {
  const now = requestRate(component);
  const name = `${component.kind} ${component.name}`;
  const seen = rates.get(name) || [];
  seen.push(now ?? 0);
  if (seen.length > SAMPLES) seen.shift();
  rates.set(name, seen);
  return { now, seen };
}

function componentRow(component) {
  return make("tr", {},
    make("td", {}, make("span.state")),
    make("th", { scope: "row" }, make("span.name"), make("span.kind.muted")),
    make("td.detail"), make("td.number"), make("td.number"), make("td.sparkline"),
    make("td.number"), make("td.number"), make("td.number"));
}

function updateComponent(row, component) {
  const [look, shape] = HEALTH[component.health] || ["off", "?"];
  row.className = look;
  const [state, name, detail, inFlight, perSecond, spark, ...times] = row.children;
  say(state.firstElementChild, `${shape} ${component.health}`);
  say(name.children[0], component.name);
  say(name.children[1], component.kind);
  say(detail, component.detail);
  const others = Object.entries(component.figures).filter(([key]) => key !== "in_flight");
  detail.title = others.map(([key, value]) => `${key.replaceAll("_", " ")}: ${count(value)}`).join("\n");
  const waiting = component.figures.in_flight;
  say(inFlight, waiting === undefined ? "–" : count(waiting));
  const { now, seen } = noteRate(component);
  say(perSecond, rate(now));
  spark.replaceChildren(...(seen.some((value) => value > 0) ? [sparkline(seen)] : []));
  const found = percentiles((one) => isAbout(one, component), [0.5, 0.9, 0.99]);
  times.forEach((cell, place) => say(cell, time(found ? found[place] : null)));
}

function showComponents(components) {
  keyed(byId("component-rows"), components, ({ kind, name }) => `${kind} ${name}`, componentRow, updateComponent);
  byId("no-components").hidden = components.length > 0;
  byId("component-rows").closest(".scroll").hidden = components.length === 0;
}

/** One figure that is seen from afar. */
function tile([label, value, look, note]) {
  return { label, value, look, note };
}

function showTiles(components) {
  const serving = components.filter(({ kind }) => kind !== "admin");
  const ready = serving.filter((component) => component.ready).length;
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  // A gateway counts what its connectors count again.
  const gateways = serving.filter(({ kind }) => kind === "gateway");
  const counted = gateways.length > 0 ? gateways : serving.filter(({ kind }) => kind === "connector");
  const perSecond = counted.map(requestRate).filter((value) => value !== null);
  const found = percentiles((one) => counted.some((component) => isAbout(one, component)), [0.5, 0.99]);
  const waiting = counted.map(({ figures }) => figures.in_flight).filter((value) => value !== undefined);
  const all = [
    ["Ready", serving.length === 0 ? "–" : `${ready} of ${serving.length}`, ready < serving.length ? "bad" : "", "components"],
    ["Requests", rate(perSecond.length > 0 ? sum(perSecond) : null), "", "a second"],
    ["In flight", waiting.length > 0 ? count(sum(waiting)) : "–", "", "now"],
    ["Half within", time(found && found[0]), "", "last minute"],
    ["99 % within", time(found && found[1]), "", "last minute"],
  ].map(tile);
  keyed(byId("tiles"), all, ({ label }) => label,
    ({ label }) => make("div.tile", {}, make("p.label", {}, label), make("p.value"), make("p.muted")),
    (element, { value, look, note }) => {
      element.className = `tile ${look}`;
      say(element.children[1], value);
      say(element.children[2], note);
    });
}

/** Bars for counts by name, the greatest first; `look` says how one is to be taken. */
function showBars(list, none, counts, look, meaning = {}) {
  const total = counts.reduce((sum, [, by]) => sum + by, 0);
  keyed(list, counts.slice(0, 12), ([name]) => name,
    () => make("li", {}, make("span.name"), make("span.bar", {}, make("span.fill")), make("span.number")),
    (item, [name, by]) => {
      item.className = look(name);
      say(item.children[0], meaning[name] ? `${name} ${meaning[name]}` : name.replaceAll("_", " "));
      item.children[1].firstElementChild.style.width = `${Math.max(1, (100 * by) / total).toFixed(1)}%`;
      const share = (100 * by) / total;
      say(item.children[2], `${count(Math.round(by))} · ${share >= 10 || share === 0 ? share.toFixed(0) : share.toFixed(1)} %`);
    });
  none.hidden = counts.length > 0;
}

/** Words for the response codes that an operator meets most, by ISO 8583:1987, table A.9. */
const CODES = {
  "00": "approved", "01": "refer to issuer", "03": "invalid merchant", "05": "do not honour", "06": "error", "10": "partial approval",
  "12": "invalid transaction", "13": "invalid amount", "14": "invalid card number", "25": "record not found", "30": "format error",
  "41": "lost card", "43": "stolen card", "51": "not sufficient funds", "54": "expired card", "55": "incorrect PIN",
  "57": "not permitted to cardholder", "58": "not permitted to terminal", "61": "over the amount limit", "65": "over the count limit",
  "68": "response too late", "75": "too many PIN tries", "91": "issuer inoperative", "92": "no route", "94": "duplicate",
  "96": "system malfunction",
};
const APPROVED = ["00", "10", "000", "002"];
/** Not the cardholder's affair: something between the terminal and the issuer does not work. */
const BROKEN = ["06", "30", "68", "90", "91", "92", "94", "96"];

const codeLook = (code) => (APPROVED.includes(code) ? "span.good" : BROKEN.includes(code) || /^9\d\d$/.test(code) ? "span.bad" : "span.doubt");

const GOOD_OUTCOMES = ["response", "sent", "answered", "ok"];

function showOutcomes(components) {
  const label = components.some(({ kind }) => kind === "gateway") ? "gateway" : "connector";
  const matches = (one) => label in one.labels;
  showBars(byId("outcomes"), byId("no-outcomes"), countsBy(["outcome"], matches), (name) => (GOOD_OUTCOMES.includes(name) ? "" : "bad"));
  const codes = countsBy(["response_code", "code"], matches);
  const fromTraces = codes.length === 0 ? codesOfTraces() : [];
  say(byId("codes-from"), fromTraces.length > 0 ? "latest transactions" : "last minute");
  showBars(byId("codes"), byId("no-codes"), codes.length > 0 ? codes : fromTraces, (code) => codeLook(code).slice(5), CODES);
}
