"use strict";
// A column's header sorts the table by it; once more turns the order round. Numbers go by what a
// cell begins with, and cells without one come last.
const number = (text) => parseFloat(text.replace("−", "-"));
const compare = (a, b) => a.localeCompare(b, "en", { numeric: true });
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  for (const [column, head] of heads.entries()) {
    head.querySelector("button").addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [row.cells[column].innerText.trim(), row]);
      const numeric = rows.every(([text]) => text === "" || !Number.isNaN(number(text)));
      const order = numeric ? (a, b) => number(a) - number(b) : compare;
      rows.sort(([a], [b]) => {
        if (a === "" || b === "") return (a === "") - (b === "");
        return falling ? order(b, a) : order(a, b);
      });
      body.append(...rows.map(([, row]) => row));
    });
  }
}
// Claims of a verdict, in all sections; the folds open to show them.
for (const choice of document.querySelectorAll("input[name=verdict]")) {
  choice.addEventListener("change", () => {
    const all = choice.value === "all";
    for (const row of document.querySelectorAll("tr[data-verdict]")) {
      row.hidden = !all && row.dataset.verdict !== choice.value;
    }
    for (const fold of document.querySelectorAll(".claims-fold")) {
      fold.open = !all && fold.querySelector("tr[data-verdict]:not([hidden])") !== null;
    }
  });
}
// A link to something inside closed details opens them; a link to a hidden claim shows all claims.
const show = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.hidden) document.querySelector("input[value=all]").click();
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  target.scrollIntoView();
};
window.addEventListener("hashchange", show);
show();
// A second click on the same link changes no hash.
for (const link of document.querySelectorAll("a[href^='#']")) {
  link.addEventListener("click", () => setTimeout(show));
}
