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

/** Bars for counts by name, the greatest first. */
function showBars(list, none, counts, isBad, meaning = {}) {
  const total = counts.reduce((sum, [, by]) => sum + by, 0);
  keyed(list, counts.slice(0, 12), ([name]) => name,
    () => make("li", {}, make("span.name"), make("span.bar", {}, make("span.fill")), make("span.number")),
    (item, [name, by]) => {
      item.className = isBad(name) ? "bad" : "";
      say(item.children[0], meaning[name] ? `${name} ${meaning[name]}` : name);
      item.children[1].firstElementChild.style.width = `${Math.max(1, (100 * by) / total).toFixed(1)}%`;
      const share = (100 * by) / total;
      say(item.children[2], `${count(Math.round(by))} · ${share >= 10 || share === 0 ? share.toFixed(0) : share.toFixed(1)} %`);
    });
  none.hidden = counts.length > 0;
}

const GOOD_OUTCOMES = ["response", "answered", "approved", "forwarded", "ok"];
const GOOD_CODES = ["00", "000", "10", "11", "800"];

function showOutcomes(components) {
  const gateways = components.some(({ kind }) => kind === "gateway");
  const label = gateways ? "gateway" : "connector";
  const matches = (one) => label in one.labels;
  showBars(byId("outcomes"), byId("no-outcomes"), countsBy(["outcome"], matches), (name) => !GOOD_OUTCOMES.includes(name));
  const codes = countsBy(["response_code", "code"], matches);
  const fromTraces = codes.length === 0 ? codesOfTraces() : [];
  say(byId("codes-from"), fromTraces.length > 0 ? "latest transactions" : "last minute");
  showBars(byId("codes"), byId("no-codes"), codes.length > 0 ? codes : fromTraces, (name) => !GOOD_CODES.includes(name));
}
