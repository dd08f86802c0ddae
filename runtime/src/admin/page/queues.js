// The queues of store-and-forward: how they are, what is in them, and what an operator does with them.

/** The queue that is opened, and which of its messages. */
let opened = null;

/** How a queue is, in a word. */
function stateOf(queue) {
  if (queue.store_failed) return ["bad", "▲ the store fails"];
  if (!queue.running) return ["off", "○ stopped"];
  if (queue.paused) return ["doubt", "◐ paused"];
  if (queue.given_up > 0) return ["doubt", "◐ given up"];
  return ["good", "● delivers"];
}

/** Asks for something to be done, and shows what comes of it. */
async function takeInHand(button, wish) {
  button.disabled = true;
  try {
    const { queue } = await ask("saf", wish);
    say(byId("queues-state"), `${wish.action}: done`);
    const row = [...byId("queue-rows").children].find(({ dataset }) => dataset.key === queue.name);
    if (row) updateQueue(row, queue);
  } catch (error) {
    say(byId("queues-state"), `${wish.action}: ${error.message}`);
  }
  button.disabled = false;
  if (opened) await showMessages();
}

/** A button that has to be pressed twice. */
function twice(word, act) {
  const button = make("button", { type: "button" }, word);
  let armed = 0;
  button.addEventListener("click", () => {
    if (armed === 0) {
      say(button, `Really ${word.toLowerCase()}?`);
      armed = setTimeout(() => {
        armed = 0;
        say(button, word);
      }, 5000);
      return;
    }
    clearTimeout(armed);
    armed = 0;
    say(button, word);
    act(button);
  });
  return button;
}

function queueRow(queue) {
  const pause = make("button.pause", { type: "button" });
  pause.addEventListener("click", () => takeInHand(pause, { queue: queue.name, action: pause.dataset.action }));
  const look = (state, word) => {
    const button = make("button", { type: "button" }, word);
    button.addEventListener("click", () => {
      opened = { queue: queue.name, state, after: 0 };
      showMessages();
    });
    return button;
  };
  return make("tr", {},
    make("td", {}, make("span.state")),
    make("th", { scope: "row" }, make("span.name"), make("span.kind.muted")),
    make("td.number"), make("td.number"), make("td.number"), make("td.detail"),
    make("td.acts", {}, pause, look("dead", "Given up"), look("pending", "Waiting")));
}

function updateQueue(row, queue) {
  const [look, word] = stateOf(queue);
  row.className = look;
  const [state, name, waiting, oldest, dead, detail, acts] = row.children;
  say(state.firstElementChild, word);
  say(name.children[0], queue.name);
  say(name.children[1], queue.dialect);
  say(waiting, count(queue.waiting));
  say(oldest, queue.oldest_age_ms === null ? "–" : lasted(queue.oldest_age_ms / 1000));
  say(dead, count(queue.given_up));
  say(detail, queue.last_error ?? "–");
  const pause = acts.firstElementChild;
  pause.dataset.action = queue.paused ? "resume" : "pause";
  say(pause, queue.paused ? "Resume" : "Pause");
}

function showQueues(queues) {
  byId("queues").hidden = queues.length === 0;
  keyed(byId("queue-rows"), queues, ({ name }) => name, queueRow, updateQueue);
  if (opened && !queues.some(({ name }) => name === opened.queue)) closeMessages();
}

function closeMessages() {
  opened = null;
  byId("queued").replaceChildren();
}

/** One message: a line that opens, and what can be done with it. */
function queuedMessage(queue, { number, id, state, age_ms: age, sent, reason, message, error }) {
  const acts = make("span.acts");
  if (state === "dead") {
    const replay = make("button", { type: "button" }, "Replay");
    replay.addEventListener("click", () => takeInHand(replay, { queue, action: "replay", number }));
    acts.append(replay);
  }
  acts.append(twice("Drop", (button) => takeInHand(button, { queue, action: "drop", number })));
  const said = make("summary", {}, make("span.id", {}, String(number)), make("span", {}, message ? message.mti : "–"),
    make("span", {}, id), make("span.when", {}, `${lasted(age / 1000)} old, sent: ${sent}`), make("span.bad", {}, reason || error || ""));
  const row = ({ path, name, value }) => make("tr", {}, make("th", { scope: "row" }, path), make("td", {}, name), make("td.value", {}, value));
  const inside = message ? make("div.inside", {}, make("table.elements", {}, make("tbody", {}, ...message.values.map(row)))) : null;
  return make("div.queued", {}, make("details.trace", {}, said, inside), acts);
}

async function showMessages() {
  const { queue, state, after } = opened;
  const place = byId("queued");
  const title = make("h3", {}, `${queue}: messages that ${state === "dead" ? "were given up" : "wait"}`);
  const close = make("button.plain", { type: "button" }, "Close");
  close.addEventListener("click", closeMessages);
  try {
    const told = await ask(`saf/messages?queue=${encodeURIComponent(queue)}&state=${state}&after=${after}`);
    const next = make("button", { type: "button" }, "Further ones");
    next.addEventListener("click", () => {
      opened = { queue, state, after: told.more_after };
      showMessages();
    });
    const none = told.messages.length === 0 ? make("p.empty", {}, "None.") : null;
    const items = [title, ...told.messages.map((message) => queuedMessage(queue, message)), none, told.more_after === null ? null : next, close];
    place.replaceChildren(...items.filter(Boolean));
  } catch (error) {
    place.replaceChildren(title, make("p.bad", {}, error.message), close);
  }
}
