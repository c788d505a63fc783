"use strict";
// Filter the findings, open what a link points to, copy lines. All else works without a script.
(function () {
  document.documentElement.classList.remove("without-script");
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("#findings-table tbody tr"));
  const found = document.getElementById("found");

  function filter() {
    const want = Object.fromEntries(new FormData(form));
    const words = want.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const is = row.dataset;
      const text = row.textContent.toLowerCase();
      const fits = Boolean(
        (!want.severity || is.severity === want.severity) &&
        (!want.dataset || is.dataset === want.dataset) &&
        (!want.check || is.check === want.check) &&
        (!want.year || is.years.split(" ").includes(want.year)) &&
        words.every((word) => text.includes(word))
      );
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    found.textContent = shown.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + (rows.length === 1 ? " line" : " lines") + " shown";
  }

  function follow() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const part = target.closest("section") && target.tagName === "H2" && target.parentElement.querySelector(":scope > details");
    if (part && !part.classList.contains("family")) part.open = true;
    target.scrollIntoView();
  }

  function preset(link) {
    form.reset();
    for (const name of ["severity", "dataset", "year", "check"]) {
      if (link.dataset[name]) form.elements[name].value = link.dataset[name];
    }
    document.getElementById("all-findings").open = true;
    filter();
  }

  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch (refused) {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  }

  function point(event) {
    const svg = event.target.closest && event.target.closest("svg.calendar");
    if (!svg) return;
    const box = svg.getBoundingClientRect();
    const view = svg.viewBox.baseVal;
    const day = Math.floor(((event.clientX - box.left) / box.width * view.width - 44) / 2.4);
    const hour = Math.floor(((event.clientY - box.top) / box.height * view.height - 16) / 3);
    const note = svg.closest("figure").querySelector("output");
    const inside = day >= 0 && day < +svg.dataset.days && hour >= 0;
    const date = new Date(Date.UTC(+svg.dataset.year, 0, 1 + day)).toISOString().slice(0, 10);
    note.textContent = !inside ? "" : hour < 25 ? date + ", hour " + (hour + 1) + " of the day" : date;
  }

  if (form) {
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }
  document.addEventListener("click", (event) => {
    const preset_link = event.target.closest("a[data-preset]");
    if (preset_link && form) preset(preset_link);
    const button = event.target.closest("button.copy");
    if (button) copy(button);
    const same = event.target.closest("a[href^='#']");
    if (same && same.hash === location.hash) follow();
  });
  document.addEventListener("pointermove", point);
  addEventListener("hashchange", follow);
  follow();
})();
