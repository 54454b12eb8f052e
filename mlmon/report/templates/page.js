(() => {
"use strict";
const root = document.documentElement, all = (query, within = document) => [...within.querySelectorAll(query)];
const make = (tag, facts = {}) => Object.assign(document.createElement(tag), facts);
root.classList.add("scripted");

/* theme: as the system has it, light or dark; kept where the browser lets us */
const KEY = "mlmon-theme";
const kept = () => { try { return localStorage.getItem(KEY) || "auto"; } catch { return root.dataset.theme || "auto"; } };
const wear = theme => {
  if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
  try { localStorage.setItem(KEY, theme); } catch {}
};
wear(kept());

/* all that follows waits for the page; nothing of it may move what stands there already */
addEventListener("DOMContentLoaded", () => {
const button = document.getElementById("theme"), name = () => { button.textContent = "Theme: " + kept(); };
name();
button.onclick = () => { wear({ auto: "light", light: "dark", dark: "auto" }[kept()]); name(); };

/* what a mark says: under the pointer, or with the arrow keys in a focused chart */
const tip = document.getElementById("tip"), say = document.getElementById("say");
const MARK = "svg.chart [role=graphics-symbol][aria-label]";
const words = mark => mark.dataset.tip || mark.getAttribute("aria-label");
let shown;
const show = (mark, x, y) => {
  if (shown && shown !== mark) shown.classList.remove("on");
  shown = mark;
  tip.classList.toggle("on", !!mark);
  if (!mark) return;
  tip.textContent = words(mark);
  const box = tip.getBoundingClientRect(), above = y - box.height - 12;
  tip.style.left = Math.max(8, Math.min(innerWidth - box.width - 8, x - box.width / 2)) + "px";
  tip.style.top = (above < 4 ? y + 18 : above) + "px";
};
document.addEventListener("pointermove", event => {
  const mark = event.target.closest && event.target.closest(MARK + ",[data-tip]");
  if (mark) show(mark, event.clientX, event.clientY);
  else if (shown && !shown.classList.contains("on")) show(null);
});
addEventListener("keydown", event => { if (event.key === "Escape") show(null); });
for (const figure of all("figure")) {
  const marks = all(MARK, figure);
  if (!marks.length) continue;
  let at = -1;
  figure.tabIndex = 0;
  figure.setAttribute("role", "group");
  figure.setAttribute("aria-label", figure.firstElementChild.getAttribute("aria-label") + "; arrow keys read the marks");
  figure.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    at = (at + step + marks.length) % marks.length;
    const box = marks[at].getBoundingClientRect();
    show(marks[at], box.x + box.width / 2, box.y);
    marks[at].classList.add("on");
    say.textContent = words(marks[at]);
  };
  figure.onblur = () => show(null);
}

/* tables sort by a click on a heading; a row's details travel with it */
for (const table of all("table[data-sort]")) {
  const body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  const pairs = [...body.rows].filter(row => !row.matches(".more"))
    .map(row => [row, row.nextElementSibling?.matches(".more") ? row.nextElementSibling : null]);
  for (const head of table.tHead.rows[0].cells) {
    const place = head.cellIndex, number = head.matches(".n");
    if (!head.textContent.trim() || pairs.some(([row]) => row.cells[place].querySelector("svg:not(.icon)"))) continue;
    const sorter = make("button", { type: "button" });
    sorter.append(...head.childNodes);
    head.append(sorter);
    const value = row => { const cell = row.cells[place]; return number ? +(cell.dataset.v ?? -Infinity) : cell.textContent.trim(); };
    sorter.onclick = () => {
      const sign = head.ariaSort === "descending" || (!head.ariaSort && !number) ? 1 : -1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      pairs.map(pair => [value(pair[0]), pair])
        .sort(([a], [b]) => sign * (number ? a - b || 0 : a.localeCompare(b)))
        .forEach(([, pair]) => body.append(...pair.filter(Boolean)));
    };
  }
}

/* a feature's row opens the distribution below it */
all("tr.more").forEach((more, place) => {
  const cell = more.previousElementSibling.cells[0], opener = make("button", { type: "button", className: "open" });
  more.id = "more-" + place;
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", more.id);
  opener.append(cell.firstElementChild);
  cell.prepend(opener);
  more.querySelector("details").open = true;
  opener.onclick = () => opener.setAttribute("aria-expanded", String(more.classList.toggle("shown")));
});
for (const find of all("input.find")) find.oninput = () => {
  const wanted = find.value.trim().toLowerCase(), rows = all("tr.row", find.closest(".card"));
  for (const row of rows) row.hidden = row.nextElementSibling.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  say.textContent = rows.filter(row => !row.hidden).length + " features shown";
};

/* a box shows or hides the tile it names */
for (const box of all("[data-shows]")) box.onchange = () => {
  const tile = document.getElementById(box.dataset.shows), fold = tile.closest("details");
  tile.hidden = !box.checked;
  if (fold) fold.open = true;
};

/* copy buttons; where the clipboard is closed, the text is selected instead */
for (const copy of all("[data-copy]")) copy.onclick = async () => {
  const code = copy.parentNode.querySelector("code");
  try { await navigator.clipboard.writeText(code.textContent); copy.textContent = "Copied"; }
  catch { getSelection().selectAllChildren(code); copy.textContent = "Selected"; }
  setTimeout(() => { copy.textContent = "Copy"; }, 1500);
};
});
})();
