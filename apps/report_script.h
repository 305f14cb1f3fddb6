#pragma once
// What report.html does beyond being read: choose figures, hide series, show values, sort
// the table, copy commands. Without it the page shows its first choice of everything.

namespace keel {

inline constexpr const char* kReportScript = R"js(
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const variants = JSON.parse(document.getElementById("data").textContent);
const series = all(".legend button").map((button) =>
  ({name: button.textContent.trim(), colour: button.style.getPropertyValue("--c"),
    swatch: button.querySelector(".swatch")}));
const figures = all(".chart");
const hidden = new Set();

// A figure is shown when it agrees with every control it knows about.
function choose() {
  const chosen = all(".controls input:checked");
  for (const figure of figures) {
    figure.hidden = chosen.some((input) =>
      figure.dataset[input.name] !== undefined && figure.dataset[input.name] !== input.value);
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
  });
}

const percent = (value) => (100 * value).toFixed(2) + " %";
const significant = (value) => value.toPrecision(4);
const whole = (value) => Math.round(value).toLocaleString("en");
const duration = (seconds) => seconds < 120 ? seconds.toFixed(1) + " s"
  : seconds < 7200 ? (seconds / 60).toFixed(1) + " min" : (seconds / 3600).toFixed(2) + " h";
const svgElement = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const htmlElement = (name, text = "") =>
  Object.assign(document.createElement(name), {textContent: text});

// The values at one x of a figure: a rule, a dot on each line and a box that lists them.
class Reading {
  constructor(figure) {
    this.figure = figure;
    this.svg = figure.querySelector(".lines");
    [this.left, this.right, this.top, this.bottom] = this.svg.dataset.box.split(" ").map(Number);
    [this.x0, this.x1, this.y0, this.y1] = this.svg.dataset.ranges.split(" ").map(Number);
    this.logarithmic = this.svg.dataset.logarithmic === "1";
    this.svg.addEventListener("pointermove", (event) => this.show(this.valueAt(event)));
    this.svg.addEventListener("pointerdown", (event) => this.show(this.valueAt(event)));
    this.svg.addEventListener("pointerleave", () => this.clear());
    this.svg.addEventListener("blur", () => this.clear());
    this.svg.addEventListener("keydown", (event) => this.step(event));
  }
  xs(variant) {
    const {metric, across} = this.figure.dataset;
    return variant[metric === "step_loss" ? "logged_step" : across];
  }
  lines() {
    const chosen = (axis) => this.figure.dataset[`axis${axis}`];
    return variants.filter((v) => !hidden.has(v.series) && this.xs(v).length > 0 &&
      v.place.every((value, axis) => (chosen(axis) ?? String(value)) === String(value)));
  }
  x(value) {
    return this.left + (this.right - this.left) * (value - this.x0) / (this.x1 - this.x0);
  }
  y(value) {
    const share = this.logarithmic ? Math.log(value / this.y0) / Math.log(this.y1 / this.y0)
                                   : (value - this.y0) / (this.y1 - this.y0);
    return this.bottom - (this.bottom - this.top) * share;
  }
  valueAt(event) {
    const box = this.svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * this.svg.viewBox.baseVal.width;
    return this.x0 + (x - this.left) / (this.right - this.left) * (this.x1 - this.x0);
  }
  step(event) {
    const direction = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === "Escape") this.clear();
    if (!direction) return;
    event.preventDefault();
    const stops = [...new Set(this.lines().flatMap((v) => this.xs(v)))].sort((a, b) => a - b);
    if (stops.length === 0) return;
    const at = stops.findIndex((stop) => stop >= (this.current ?? -Infinity));
    const next = this.current === undefined ? 0 : at + direction;
    this.show(stops[Math.max(0, Math.min(stops.length - 1, next))]);
  }
  show(value) {
    this.clear();
    const {metric, across} = this.figure.dataset;
    const text = metric.endsWith("accuracy") ? percent : significant;
    const readings = [];
    for (const variant of this.lines()) {
      const xs = this.xs(variant);
      let nearest = 0;
      xs.forEach((x, i) => {
        if (Math.abs(x - value) < Math.abs(xs[nearest] - value)) nearest = i;
      });
      const [mean, low, high] = variant[metric][nearest];
      if (mean === null) continue;
      readings.push({...series[variant.series], x: xs[nearest], mean, low, high});
    }
    if (readings.length === 0) return;
    readings.sort((a, b) => b.mean - a.mean);
    const closest = readings.reduce((a, b) =>
      Math.abs(b.x - value) < Math.abs(a.x - value) ? b : a);
    this.current = closest.x;

    this.marks = svgElement("g", {"aria-hidden": "true"});
    const x = this.x(closest.x);
    this.marks.append(svgElement("line", {class: "rule", x1: x, x2: x,
                                          y1: this.top, y2: this.bottom}));
    this.tip = htmlElement("div");
    this.tip.className = "tip";
    this.tip.setAttribute("role", "status");
    const title = across === "step" ? `step ${whole(closest.x)}` : duration(closest.x);
    this.tip.append(htmlElement("b", title));
    for (const {name, colour, swatch, x, mean, low, high} of readings) {
      this.marks.append(svgElement("circle", {class: "dot", cx: this.x(x), cy: this.y(mean), r: 4.5,
                                              fill: colour}));
      const row = htmlElement("div");
      row.append(swatch.cloneNode(), htmlElement("span", name), htmlElement("span", text(mean)));
      const range = low < high ? `${text(low).replace(" %", "")}–${text(high)}` : "";
      row.append(htmlElement("small", range));
      this.tip.append(row);
    }
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
for (const figure of figures) if (figure.querySelector(".lines")) new Reading(figure);

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
addEventListener("beforeprint", () => { for (const fold of all("details")) fold.open = true; });
)js";

}  // namespace keel
