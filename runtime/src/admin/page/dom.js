"use strict";
// Elements and text. Whatever comes from the server goes into the page as text, never as markup.

const byId = (id) => document.getElementById(id);

/** An element: its tag with classes (`td.number`), attributes, and children or text. */
function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text if it is another one, so that nothing is read out or selected anew without need. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The children of `parent` are those made for `items`, kept by key: what stays is updated in its place. */
function keyed(parent, items, key, create, update) {
  const old = new Map();
  for (const child of parent.children) old.set(child.dataset.key, child);
  let before = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = old.get(name);
    if (child) old.delete(name);
    else {
      child = create(item);
      child.dataset.key = name;
    }
    if (child === before) before = before.nextElementSibling;
    else parent.insertBefore(child, before);
    update(child, item);
  }
  for (const child of old.values()) child.remove();
}

const SVG = "http://www.w3.org/2000/svg";

/** A line over the values, oldest first. */
function sparkline(values, width = 120, height = 22) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("aria-hidden", "true");
  const most = Math.max(...values, 1e-9);
  const step = width / (SAMPLES - 1);
  const from = width - step * (values.length - 1);
  const points = values.map((value, place) => `${(from + place * step).toFixed(1)},${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`);
  if (values.length > 1) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", points.join(" "));
    svg.append(line);
  }
  return svg;
}

/** A count a second. */
function rate(value) {
  if (value === null) return "–";
  if (value === 0) return "0";
  if (value < 10) return value.toFixed(1);
  return count(Math.round(value));
}

/** A whole number, its thousands apart. */
function count(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A time given in seconds. */
function time(seconds) {
  if (seconds === null) return "–";
  const three = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
  if (seconds < 0.001) return `${three(seconds * 1e6)} µs`;
  if (seconds < 1) return `${three(seconds * 1e3)} ms`;
  return `${three(seconds)} s`;
}

/** How long something has lasted, given in seconds. */
function lasted(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([unit]) => seconds >= unit);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2);
  let rest = seconds;
  return shown.map(([unit, name]) => {
    const whole = Math.floor(rest / unit);
    rest -= whole * unit;
    return `${whole} ${name}`;
  }).join(" ");
}

/** The time of day. */
function clock(date) {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
