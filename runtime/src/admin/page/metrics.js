// Metrics: the text format of Prometheus, and what two looks at it say of the time between them.

/** Looks that are kept: two minutes of one every two seconds. */
const SAMPLES = 61;
/** Looks that figures of the last minute go over. */
const MINUTE = 60_000;

/** Series as `{ name, labels, value }`. */
function parseMetrics(text) {
  const all = [];
  for (const line of text.split("\n")) {
    if (!line || line.startsWith("#")) continue;
    const found = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (!found) continue;
    const labels = {};
    for (const [, key, value] of (found[2] || "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[key] = value.replace(/\\(.)/g, (_, character) => (character === "n" ? "\n" : character));
    }
    const value = found[3] === "+Inf" ? Infinity : Number(found[3]);
    if (!Number.isNaN(value)) all.push({ name: found[1], labels, value });
  }
  return all;
}

/** The looks taken, oldest first: `{ at, series }`, the series by all that tells one from another. */
const looks = [];

function takeLook(text) {
  const series = new Map();
  for (const one of parseMetrics(text)) series.set(`${one.name} ${JSON.stringify(one.labels)}`, one);
  looks.push({ at: performance.now(), series });
  if (looks.length > SAMPLES) looks.shift();
}

/** The look to compare the latest with: about so long ago, else the first there is. */
function lookBack(milliseconds) {
  const latest = looks.at(-1);
  return looks.find((look) => latest.at - look.at <= milliseconds + 500);
}

/** What each matching series has grown by since then; from its beginning, where it has been started anew. */
function growth(matches, milliseconds) {
  const latest = looks.at(-1);
  const then = lookBack(milliseconds);
  if (!latest || !then || then === latest) return null;
  const grown = [];
  for (const [key, one] of latest.series) {
    if (!matches(one)) continue;
    const before = then.series.get(key);
    const by = before && before.value <= one.value ? one.value - before.value : one.value;
    grown.push({ labels: one.labels, name: one.name, by });
  }
  return { grown, seconds: (latest.at - then.at) / 1000 };
}

/** Whether a series is about this component: a connector has its name in the label `connector`. */
const isAbout = (one, component) => one.labels[component.kind] === component.name;

/** Requests a second of a component over the last ten seconds; nothing where it has no such metrics. */
function requestRate(component) {
  const since = growth((one) => one.name.endsWith("requests_total") && isAbout(one, component), 10_000);
  if (since && since.grown.length > 0) return since.grown.reduce((sum, { by }) => sum + by, 0) / since.seconds;
  return null;
}

/** Percentiles of a component's times over the last minute, in seconds; nothing where there were none. */
function percentiles(matches, wanted) {
  const since = growth((one) => one.name.endsWith("_seconds_bucket") && matches(one), MINUTE);
  if (!since) return null;
  const buckets = new Map();
  for (const { labels, by } of since.grown) {
    const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) || 0) + by);
  }
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.length > 0 ? sorted.at(-1)[1] : 0;
  if (total === 0) return null;
  return wanted.map((share) => {
    const rank = share * total;
    let [low, below] = [0, 0];
    for (const [bound, upTo] of sorted) {
      if (upTo >= rank) {
        // Beyond the last bound nothing is known but that.
        if (bound === Infinity) return low;
        return upTo === below ? bound : low + ((bound - low) * (rank - below)) / (upTo - below);
      }
      [low, below] = [bound, upTo];
    }
    return low;
  });
}

/** Counts of the last minute by the value of the first of these labels that a series has, the greatest first. */
function countsBy(names, matches) {
  const since = growth((one) => one.name.endsWith("_total") && matches(one) && names.some((name) => name in one.labels), MINUTE);
  const counts = new Map();
  for (const { labels, by } of since ? since.grown : []) {
    const value = labels[names.find((name) => name in labels)];
    if (by > 0) counts.set(value, (counts.get(value) || 0) + by);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
