// The round: ask, show, wait, and wait longer while the server is away.

const EVERY = 2000;
const UNSEEN = 10_000;
const LONGEST = 30_000;

let failures = 0;
let lastGood = null;
let timer = 0;
let nextAt = 0;
let started = false;

function showOverall(ready) {
  const failed = Object.entries(ready.checks || {}).filter(([, check]) => !check.ok).map(([name]) => name);
  const pill = byId("overall");
  pill.className = failed.length > 0 ? "pill bad" : "pill good";
  const names = failed.slice(0, 3).join(", ") + (failed.length > 3 ? ` and ${failed.length - 3} more` : "");
  say(pill, failed.length > 0 ? `▲ not ready: ${names}` : "● ready");
}

function showInfo(info) {
  say(byId("service"), info.service);
  document.title = `${info.service}`;
  const said = Object.entries(info.info || {}).map(([name, value]) => `${name} ${value}`);
  say(byId("about"), [`isopace ${info.version}`, `up ${lasted(info.uptime_seconds)}`, ...said].join(" · "));
}

async function look() {
  const ready = ask("readyz").catch((error) => {
    if (error instanceof Refused && error.status === 503 && error.body && error.body.checks) return error.body;
    throw error;
  });
  // Where another recorder is installed there are none; the rest is shown all the same.
  const metrics = ask("metrics").catch((error) => {
    if (error instanceof Refused && error.status === 503) return "";
    throw error;
  });
  // A build without stores has no queues.
  const saf = ask("saf").catch((error) => {
    if (error instanceof Refused && error.status === 404) return { queues: [] };
    throw error;
  });
  const all = await Promise.all([ask("info"), ready, metrics, ask("traces?limit=50"), saf]);
  const [info, checks, text, { traces }, { queues }] = all;
  takeLook(text);
  showInfo(info);
  showOverall(checks);
  showTraces(traces);
  showComponents(info.components);
  showTiles(info.components);
  showOutcomes(info.components);
  showQueues(queues);
}

function arrived() {
  failures = 0;
  lastGood = new Date();
  byId("away").hidden = true;
  byId("sign-in").hidden = true;
  byId("forget").hidden = token === null;
  byId("main").hidden = false;
  byId("main").classList.remove("old");
  say(byId("updated"), clock(lastGood));
  if (!started) {
    started = true;
    loadSpecs();
  }
}

function wantToken() {
  byId("main").hidden = true;
  byId("away").hidden = true;
  const pill = byId("overall");
  pill.className = "pill waiting";
  say(pill, "token wanted");
  const form = byId("sign-in");
  if (token !== null) say(byId("sign-in-why"), "The server does not take this token.");
  if (form.hidden) {
    form.hidden = false;
    byId("token").focus();
  }
}

function away(error) {
  failures += 1;
  byId("main").classList.add("old");
  const pill = byId("overall");
  pill.className = "pill bad";
  say(pill, "▲ no answer");
  document.title = "▲ no answer";
  const since = lastGood ? ` What is shown is from ${clock(lastGood)}.` : "";
  const what = error instanceof Refused ? `The server cannot tell: ${error.message}.` : "The server does not answer.";
  say(byId("away-what"), what + since);
  byId("away").hidden = false;
}

async function round() {
  clearTimeout(timer);
  nextAt = 0;
  let wait = EVERY;
  try {
    await look();
    arrived();
    if (document.hidden) wait = UNSEEN;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      wantToken();
      return;
    }
    away(error);
    wait = Math.min(LONGEST, EVERY * 2 ** Math.min(failures - 1, 5));
  }
  nextAt = performance.now() + wait;
  clearTimeout(timer);
  timer = setTimeout(round, wait);
}

setInterval(() => {
  if (byId("away").hidden) return;
  const left = Math.ceil((nextAt - performance.now()) / 1000);
  say(byId("away-next"), nextAt === 0 ? "Trying." : `Trying again in ${Math.max(1, left)} s.`);
}, 500);

byId("away-now").addEventListener("click", round);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && nextAt !== 0) round();
});
byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(byId("token").value.trim());
  byId("token").value = "";
  round();
});
byId("forget").addEventListener("click", () => {
  keepToken(null);
  byId("forget").hidden = true;
  round();
});
round();
