// Uses a report as a person does. Runs behind the page's own script, in a frame of the size to test; what
// went wrong is told to the page around it.
"use strict";
const wrong = [];
const check = (ok, what) => { if (!ok) wrong.push(what); };
const one = (selector) => document.querySelector(selector);
const visible = (selector) =>
  all(selector).filter((element) => element.getClientRects().length > 0);
const press = (element, key) =>
  element.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
const pick = (name, value) => one(`input[name="${name}"][value="${value}"]`).click();
const shownFigures = () => visible(".chart .lines").map((svg) => svg.closest("figure"));

function usesControls() {
  const before = shownFigures().length;
  pick("scale", "log");
  check(shownFigures().length === before, "as many figures on a logarithmic scale");
  check(shownFigures().some((figure) => figure.dataset.scale === "log"), "a logarithmic figure");
  pick("across", "epoch");
  check(shownFigures().every((figure) =>
    figure.dataset.across === undefined || figure.dataset.across === "epoch"), "only epochs");
  pick("split", "train");
  check(shownFigures().some((figure) => figure.textContent.includes("Training loss")), "training");
  pick("across", "step");
  pick("smooth", "strong");
  check(shownFigures().some((figure) => figure.dataset.smooth === "strong"), "smoothed steps");
  check(visible('[name="smooth"]').length > 0, "smoothing where it does something");
  pick("across", "epoch");
  check(visible('[name="smooth"]').length === 0, "no smoothing of epochs");
  pick("across", "step");
  pick("axis1", "1");
  check(shownFigures().every((figure) => (figure.dataset.axis1 ?? "1") === "1"), "the other rate");
  pick("map", "1");
  check(visible(".heat[data-map]").length === 1, "one set of maps");
  for (const name of ["map", "axis1"]) pick(name, "0");
  for (const [name, value] of [["split", "test"], ["smooth", "none"], ["scale", "linear"]]) {
    pick(name, value);
  }
}

function togglesLegend() {
  const button = one(".legend button");
  const drawn = () => visible('.lines .series[data-series="0"]').length;
  check(drawn() > 0, "the first variant is drawn");
  button.click();
  check(button.getAttribute("aria-pressed") === "false" && drawn() === 0, "it is hidden");
  button.click();
  check(button.getAttribute("aria-pressed") === "true" && drawn() > 0, "it is back");
}

function readsValues() {
  for (const figure of shownFigures()) {
    const svg = figure.querySelector(".lines");
    const tip = () => figure.querySelector(".tip")?.textContent ?? "";
    svg.focus();
    check(document.activeElement === svg, "a chart takes the focus");
    press(svg, "ArrowRight");
    const first = tip();
    check(/^(step|epoch|lr|batch size) /.test(first) && first.includes("batch"), "a reading: " + first);
    const said = one("#spoken").textContent;
    check(said !== "" && first.startsWith(said.split(",")[0]), "the same is said: " + said);
    press(svg, "ArrowRight");
    check(tip() !== first, "the next reading: " + tip());
    press(svg, "Escape");
    check(tip() === "", "no reading");
    const box = svg.getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent("pointermove",
      {clientX: box.left + 0.6 * box.width, clientY: box.top + 20, bubbles: true}));
    check(tip() !== "" && figure.querySelector(".dot") !== null, "a reading under the pointer");
    svg.dispatchEvent(new PointerEvent("pointerleave"));
    check(tip() === "", "none beside it");
  }
}

async function listsValues() {
  const details = shownFigures()[0].querySelector(".values");
  details.open = true;
  await new Promise((done) => setTimeout(done, 50));
  const rows = () => [...details.querySelectorAll("tbody tr")];
  check(rows().length === 5, `5 rows of values, not ${rows().length}`);
  check(rows()[0].textContent.includes("%"), "an accuracy: " + rows()[0].textContent);
  const ended = rows().filter((row) => row.textContent.includes("one run, no further"));
  check(ended.length === 1 && ended[0].textContent.includes("none"), "where a run diverged");
  const button = one(".legend button");
  button.click();
  check(rows().length === 2, `2 rows without a variant, not ${rows().length}`);
  button.click();
  check(rows().length === 5, "all rows again");
  details.open = false;
}

function sorts() {
  const tables = new Set(all("th[data-sort]").map((header) => header.closest("table")));
  check(tables.size > 1, "each table sorts");
  for (const table of tables) sortsTable(table);
}

function sortsTable(table) {
  for (const header of table.querySelectorAll("th[data-sort]")) {
    const column = header.cellIndex;
    const keys = () => [...table.tBodies[0].rows].map((row) =>
      row.cells[column].dataset.value ?? row.cells[column].textContent).filter((key) => key !== "");
    const ordered = (sign) => keys().every((key, i, list) => i === 0 || sign *
      (isNaN(key) ? list[i - 1].localeCompare(key) : list[i - 1] - key) <= 0);
    for (let click = 0; click < 2; ++click) {
      header.querySelector("button").click();
      const order = header.getAttribute("aria-sort");
      check(ordered(order === "ascending" ? 1 : -1), `${header.textContent} ${order}: ${keys()}`);
    }
  }
  check(all("th[aria-sort]", table).length === 1, "one column sorts");
}

function isAccessible() {
  for (const element of visible("button, input, summary, svg.lines, .scroll")) {
    const what = element.outerHTML.slice(0, 80);
    check(element.tabIndex >= 0, "in the order of tabs: " + what);
    const name = element.getAttribute("aria-label") ?? element.closest("label")?.textContent ??
      element.textContent;
    check(name.trim() !== "", "has a name: " + what);
  }
  for (const svg of visible("svg.lines")) {
    check(svg.getAttribute("role") === "application" && svg.hasAttribute("aria-roledescription") &&
      svg.getAttribute("aria-label").endsWith("Arrow keys read the values."),
      "a chart that is given keys: " + svg.getAttribute("role"));
    check(one("#spoken").getAttribute("role") === "status", "readings are said");
  }
  for (const fieldset of all("fieldset")) check(fieldset.querySelector("legend"), "a legend");
  for (const cell of all("th")) check(cell.scope !== "", "the scope of " + cell.textContent);
  check(all("h1").length === 1 && document.documentElement.lang === "en", "one title, a language");
}

function fits() {
  const {scrollWidth, clientWidth} = document.documentElement;
  check(scrollWidth <= clientWidth, `${scrollWidth} wide in ${clientWidth}`);
}

// The rules of other media, as if those were at hand.
function under(medium, inspect) {
  const rules = [...document.styleSheets[0].cssRules].filter((rule) =>
    rule.media?.mediaText.includes(medium));
  check(rules.length > 0, "rules for " + medium);
  const before = rules.map((rule) => rule.media.mediaText);
  for (const rule of rules) rule.media.mediaText = "all";
  inspect();
  rules.forEach((rule, i) => { rule.media.mediaText = before[i]; });
}

const luminance = (colour) => {
  const [r, g, b] = colour.match(/[0-9.]+/g).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

function readsInTheDark() {
  const ground = () => getComputedStyle(document.body).backgroundColor;
  const letters = () => {
    for (const element of [document.body, ...visible(".lines text, th, td small, figcaption")]) {
      const colour = getComputedStyle(element)[element.closest("svg") ? "fill" : "color"];
      const [low, high] = [luminance(colour), luminance(ground())].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < 4.5) return `${element.outerHTML.slice(0, 80)}: ${colour}, ${contrast}`;
    }
    return "";
  };
  const day = ground();
  check(letters() === "", "legible by day: " + letters());
  under("prefers-color-scheme: dark", () => {
    check(ground() !== day && luminance(ground()) < 0.1, "a dark ground: " + ground());
    check(letters() === "", "legible in the dark: " + letters());
  });
}

function prints() {
  const folds = all("main > details");
  under("print", () => {
    dispatchEvent(new Event("beforeprint"));
    check(folds.every((fold) => fold.open), "what was folded is on paper");
    check(visible(".controls, .values, .command button").length === 0, "no control is on paper");
    check(visible(".command code").length > 0, "the commands are");
    check(shownFigures().length > 0 && visible("figcaption, h3").every((heading) =>
      heading.textContent.trim() !== ""), "each figure is named");
    check(visible(".heat.layers h3").every((heading) =>
      heading.textContent.includes("Gradient norm")), "a map names its measure");
    for (const table of visible(".scroll")) {
      check(getComputedStyle(table).overflowX === "visible", "no table is cut");
    }
  });
  for (const fold of folds) fold.open = false;
}

function showsDiagnostics() {
  const titles = shownFigures().map((figure) => figure.querySelector("b").textContent);
  for (const title of ["Beta smoothness", "Activations"]) {
    check(titles.includes(title), `${title} among ${titles}`);
  }
  const maps = () => visible(".heat.layers h3").map((heading) => heading.textContent);
  check(maps().length > 0 && maps().every((name) => name.startsWith("Gradient norm")), "maps");
  pick("measure", "1");
  check(maps().length > 0 && maps().every((name) => name.startsWith("Update ratio")), "others");
  pick("measure", "0");
  pick("along", "step");
  check(shownFigures().some((figure) => figure.dataset.along === "step"), "common steps");
  pick("along", "rate");
}

async function use() {
  isAccessible();
  fits();
  usesControls();
  togglesLegend();
  readsValues();
  await listsValues();
  sorts();
  showsDiagnostics();
  readsInTheDark();
  prints();
  check(performance.getEntriesByType("resource").length === 0, "nothing is fetched");
}
use().catch((error) => wrong.push(String(error.stack))).finally(() => {
  parent.document.getElementById(frameElement.name).textContent =
    wrong.length === 0 ? "sound" : wrong.join("\n");
});
