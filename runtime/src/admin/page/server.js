// Asking the server, with the token if there is one.

const TOKEN = "isopace-admin-token";
/** How long an answer is waited for. */
const PATIENCE = 8000;

class Refused extends Error {
  constructor(status, body) {
    const told = body && body.error && body.error.message;
    super(told || `the server answers ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** The token, if this tab was given one. Where there is no storage, the tab forgets it on reload. */
let token = null;
try {
  token = sessionStorage.getItem(TOKEN);
} catch {
  token = null;
}

function keepToken(value) {
  token = value;
  try {
    if (value === null) sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, value);
  } catch {
    // Kept in this page alone.
  }
}

/** One request. The answer is text or JSON, by what the server says that it is. */
async function ask(path, body) {
  const headers = {};
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const told = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}
