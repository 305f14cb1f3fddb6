#pragma once
// What report.html does beyond being read: choose figures, hide series, show values, list them,
// sort the tables, copy commands, follow runs that go on. Without it the page shows its first
// choice of everything.

namespace keel {

inline constexpr const char* kReportScript = R"js(
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tables = JSON.parse(document.getElementById("data").textContent);
const series = all(".legend button").map((button) =>
  ({name: button.textContent.trim(), colour: button.style.getPropertyValue("--c"),
    swatch: button.querySelector(".swatch")}));
const choosable = all(".choosable");
const hidden = new Set();
const spoken = document.getElementById("spoken");  // to those who see no box beside the pointer

// What can be chosen is shown when it agrees with every control it knows about.
function choose() {
  const chosen = all(".controls input:checked");
  for (const part of choosable) {
    part.hidden = chosen.some((input) =>
      part.dataset[input.name] !== undefined && part.dataset[input.name] !== input.value);
  }
}
for (const input of all(".controls input")) input.addEventListener("change", choose);
choose();

for (const [index, button] of all(".legend button").entries()) {
  button.addEventListener("click", () => {
    const show = hidden.delete(index);
    if (!show) hidden.add(index);
    button.setAttribute("aria-pressed", show);
    for (const drawn of all(`.series[data-series="${index}"]`)) {
      drawn.style.display = show ? "" : "none";
    }
    for (const details of all(".values[open]")) details.dispatchEvent(new Event("toggle"));
  });
}

const percent = (value) => (100 * value).toFixed(2) + " %";
const significant = (value) => {
  const whole = Math.abs(value) >= 999.95 && Math.abs(value) < 1e9;
  return whole ? Math.round(value).toLocaleString("en") : value.toPrecision(4);
};
const duration = (seconds) => seconds < 120 ? seconds.toFixed(1) + " s"
  : seconds < 7200 ? (seconds / 60).toFixed(1) + " min" : (seconds / 3600).toFixed(2) + " h";
const svgElement = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const htmlElement = (name, text = "") =>
  Object.assign(document.createElement(name), {textContent: text});

// The numbers of a figure: its lines, as they are not hidden, and how they are told.
class Numbers {
  constructor(figure) {
    this.lines = tables[figure.dataset.table];
    this.word = figure.dataset.x;
    this.band = figure.dataset.band;
    this.y = figure.dataset.y === "percent" ? percent : significant;
  }
  visible() { return this.lines.filter((line) => !hidden.has(line.id)); }
  shown() { return this.visible().filter((line) => line.x.length > 0); }
  name(line) { return series[line.id]?.name ?? ""; }
  x(value) {
    return this.word === "seconds" ? duration(value) : `${this.word} ${value.toLocaleString("en",
      {maximumSignificantDigits: 7})}`;
  }
  range(low, high) {
    return low < high ? `${this.y(low).replace(" %", "")}–${this.y(high)}` : "";
  }
}

// The values at one x of a figure: a rule, a dot on each line and a box that lists them.
class Reading {
  constructor(figure) {
    this.figure = figure;
    this.numbers = new Numbers(figure);
    this.svg = figure.querySelector(".lines");
    [this.left, this.right, this.top, this.bottom] = this.svg.dataset.box.split(" ").map(Number);
    const [x0, x1, y0, y1] = this.svg.dataset.ranges.split(" ").map(Number);
    const [xLog, yLog] = this.svg.dataset.logarithmic.split(" ").map((flag) => flag === "1");
    const along = (log, low, high) => log ? (value) => Math.log(value / low) / Math.log(high / low)
                                          : (value) => (value - low) / (high - low);
    this.x = (value) => this.left + (this.right - this.left) * along(xLog, x0, x1)(value);
    this.y = (value) => this.bottom - (this.bottom - this.top) * along(yLog, y0, y1)(value);
    // Of an image a screen reader would keep the keys for itself.
    for (const [name, value] of Object.entries({
      role: "application", "aria-roledescription": "chart", tabindex: "0",
      "aria-label": `${this.svg.getAttribute("aria-label")}. Arrow keys read the values.`,
    })) this.svg.setAttribute(name, value);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerdown", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.clear());
    this.svg.addEventListener("blur", () => this.clear());
    this.svg.addEventListener("keydown", (event) => this.step(event));
  }
  point(event) {
    const box = this.svg.getBoundingClientRect();
    this.show((event.clientX - box.left) / box.width * this.svg.viewBox.baseVal.width);
  }
  step(event) {
    const direction = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === "Escape") this.clear();
    if (!direction) return;
    event.preventDefault();
    const stops = [...new Set(this.numbers.shown().flatMap((line) => line.x))]
      .sort((a, b) => a - b);
    if (stops.length === 0) return;
    const at = stops.findIndex((stop) => stop >= (this.current ?? -Infinity));
    const next = this.current === undefined ? 0 : at + direction;
    this.show(this.x(stops[Math.max(0, Math.min(stops.length - 1, next))]));
  }
  // What each line has nearest to `across`, in the drawing's units.
  show(across) {
    this.clear();
    const {numbers} = this;
    const readings = [];
    for (const line of numbers.shown()) {
      let nearest = 0;
      const distance = (i) => Math.abs(this.x(line.x[i]) - across);
      line.x.forEach((_, i) => { if (distance(i) < distance(nearest)) nearest = i; });
      const [y, low, high] = line.y[nearest];
      if (y !== null) readings.push({line, x: line.x[nearest], y, low, high});
    }
    if (readings.length === 0) return;
    readings.sort((a, b) => b.y - a.y);
    const closest = readings.reduce((a, b) =>
      Math.abs(this.x(b.x) - across) < Math.abs(this.x(a.x) - across) ? b : a);
    this.current = closest.x;

    this.marks = svgElement("g", {"aria-hidden": "true"});
    const x = this.x(closest.x);
    this.marks.append(svgElement("line", {class: "rule", x1: x, x2: x,
                                          y1: this.top, y2: this.bottom}));
    this.tip = htmlElement("div");
    this.tip.className = "tip";
    this.tip.append(htmlElement("b", numbers.x(closest.x)));
    for (const {line, x, y, low, high} of readings) {
      const {colour, swatch} = series[line.id] ?? {colour: "var(--accent)"};
      const dot = svgElement("circle", {class: "dot", cx: this.x(x), cy: this.y(y), r: 4.5});
      dot.style.fill = colour;
      this.marks.append(dot);
      const row = htmlElement("div");
      row.append(swatch?.cloneNode() ?? htmlElement("span"),
                 htmlElement("span", numbers.name(line)), htmlElement("span", numbers.y(y)),
                 htmlElement("small", numbers.range(low, high)));
      this.tip.append(row);
    }
    spoken.textContent = [numbers.x(closest.x), ...readings.map(({line, y}) =>
      `${numbers.name(line)} ${numbers.y(y)}`)].join(", ");
    this.svg.append(this.marks);
    this.figure.append(this.tip);
    const drawing = this.svg.getBoundingClientRect(), frame = this.figure.getBoundingClientRect();
    const scale = drawing.width / this.svg.viewBox.baseVal.width;
    const at = drawing.left - frame.left + x * scale;
    const room = frame.width - this.tip.offsetWidth - 6;
    const beside = at + 14 > room ? at - 14 - this.tip.offsetWidth : at + 14;
    this.tip.style.left = `${Math.max(4, Math.min(room, beside))}px`;
    const narrow = this.tip.offsetWidth > frame.width / 2;
    this.tip.style.top = `${(narrow ? drawing.bottom + 4 : drawing.top + 18) - frame.top}px`;
  }
  clear() {
    this.marks?.remove();
    this.tip?.remove();
    this.marks = this.tip = this.current = undefined;
  }
}

// The same as a table, made when it is opened.
function list(details, numbers) {
  const table = htmlElement("table");
  const head = table.createTHead().insertRow();
  const across = numbers.word === "seconds" ? "mean time" : numbers.word;
  for (const name of ["", across, "value", numbers.band]) {
    const cell = htmlElement("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  const add = (line, x, y, range) => {
    const row = body.insertRow();
    const name = htmlElement("th", numbers.name(line));
    name.scope = "row";
    row.append(name);
    for (const text of [numbers.x(x), y, range]) row.insertCell().textContent = text;
  };
  for (const line of numbers.visible()) {
    line.x.forEach((x, i) => {
      const [y, low, high] = line.y[i];
      if (y !== null) add(line, x, numbers.y(y), numbers.range(low, high));
    });
    for (const [x, y] of line.ended) {
      add(line, x, y === null ? "not finite" : numbers.y(y), "one run, no further");
    }
  }
  const scroll = htmlElement("div");
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Values");
  scroll.append(table);
  details.querySelector(".scroll")?.remove();
  details.append(scroll);
}

for (const figure of choosable.filter((part) => part.dataset.table !== undefined)) {
  new Reading(figure);
  const details = figure.querySelector(".values");
  details.addEventListener("toggle", () => {
    if (details.open) list(details, new Numbers(figure));
  });
}

for (const header of all("th[data-sort]")) {
  header.querySelector("button").addEventListener("click", () => {
    const body = header.closest("table").tBodies[0];
    const column = header.cellIndex;
    const first = header.dataset.sort;
    const order = header.getAttribute("aria-sort") === first
      ? {ascending: "descending", descending: "ascending"}[first] : first;
    for (const other of all("th[aria-sort]", header.parentNode)) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const sign = order === "ascending" ? 1 : -1;
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
    };
    body.append(...[...body.rows].sort(compare));
  });
}

for (const button of all(".command button")) {
  button.addEventListener("click", async () => {
    const code = button.parentNode.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    } catch {
      getSelection().selectAllChildren(code);
    }
  });
}
// While runs go on the page follows them, until somebody uses it.
const live = document.querySelector(".live");
if (live) {
  const note = live.querySelector("span");
  const manual = note.textContent;
  note.textContent = "This page reloads itself until you use it.";
  const timer = setInterval(() => location.reload(), 5000);
  const stop = Object.assign(htmlElement("button", "Stop reloading"), {type: "button"});
  live.append(" ", stop);
  const stay = () => {
    clearInterval(timer);
    note.textContent = manual;
    stop.remove();
  };
  stop.addEventListener("click", stay);
  for (const type of ["pointermove", "pointerdown", "keydown", "change", "toggle", "wheel",
                      "scroll", "focusin"]) {
    addEventListener(type, stay, {capture: true, once: true});
  }
}

addEventListener("beforeprint", () => {
  for (const fold of all("main > details")) fold.open = true;
});
)js";

}  // namespace keel
