/** @file The small scripts of the pages: finding a class; ordering, checking off and correcting labels. */

export const EXPLAIN_SCRIPT = `
for (const find of document.querySelectorAll(".find")) {
  find.hidden = false;
  const input = find.querySelector("input");
  const rows = [...find.parentElement.querySelectorAll(":scope > details")];
  const names = rows.map((row) => row.querySelector("summary").textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().trim();
    rows.forEach((row, i) => { row.hidden = !names[i].includes(words); });
  });
}
`;

/**
 * Reads each point's facts from `data-` attributes of its item. Lists of classes are filled when they come near the screen. What was
 * checked is kept in the browser where that is allowed, under the page's own key.
 */
export const DEBUG_SCRIPT = `
{
  const list = document.querySelector(".suspects");
  const tools = document.querySelector(".tools");
  const items = [...list.children];
  const labels = JSON.parse(tools.dataset.labels);
  const key = "onnxplain corrections " + tools.dataset.key;
  const order = tools.querySelector("select");
  const told = tools.querySelector("output");
  const area = document.querySelector(".csv");
  tools.hidden = false;
  const selectOf = (item) => item.querySelector("select");
  const boxOf = (item) => item.querySelector(".done");
  const fill = (select) => {
    if (select.dataset.full) return;
    select.dataset.full = "1";
    const known = new Set([...select.options].map((o) => o.value));
    labels.forEach((name, i) => { if (!known.has(String(i))) select.add(new Option(name, String(i))); });
  };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { fill(entry.target); near.unobserve(entry.target); }
  }, { rootMargin: "400px" });
  for (const item of items) {
    selectOf(item).addEventListener("focus", (event) => fill(event.target));
    near.observe(selectOf(item));
  }
  const state = () => items.flatMap((item) => {
    const [done, to] = [boxOf(item).checked, selectOf(item).value];
    return done || to !== "" ? [[item.dataset.position, done, to]] : [];
  });
  const keep = () => { try { localStorage.setItem(key, JSON.stringify(state())); } catch {} };
  const restore = () => {
    let kept = [];
    try { kept = JSON.parse(localStorage.getItem(key) ?? "[]"); } catch {}
    const byPosition = new Map(items.map((item) => [item.dataset.position, item]));
    for (const [position, done, to] of kept) {
      const item = byPosition.get(position);
      if (!item) continue;
      if (to !== "") fill(selectOf(item));
      selectOf(item).value = to;
      boxOf(item).checked = done;
    }
  };
  const name = (i) => labels.indexOf(labels[i]) === Number(i) && labels.lastIndexOf(labels[i]) === Number(i) ? labels[i] : String(i);
  const field = (text) => /[",\\r\\n]|^\\s|\\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  const csv = () => ["position,id,label,corrected", ...items.filter((item) => selectOf(item).value !== "" || boxOf(item).checked)
    .map((item) => {
      const { position, id, label } = item.dataset;
      const to = selectOf(item).value === "" ? label : selectOf(item).value;
      return [position, field(id), field(label === "" ? "" : name(label)), field(to === "" ? "" : name(to))].join(",");
    })].join("\\r\\n") + "\\r\\n";
  const tell = () => {
    let [done, changed] = [0, 0];
    for (const item of items) {
      const differs = selectOf(item).value !== "" && selectOf(item).value !== item.dataset.label;
      item.classList.toggle("changed", differs);
      done += boxOf(item).checked;
      changed += differs;
    }
    told.value = done + " of " + items.length + " checked, " + changed + (changed === 1 ? " correction" : " corrections");
    if (!area.hidden) area.value = csv();
  };
  list.addEventListener("change", (event) => {
    const item = event.target.closest(".suspect");
    if (event.target.matches("select") && event.target.value !== "") boxOf(item).checked = true;
    keep();
    tell();
  });
  order.addEventListener("change", () => {
    const value = (item) => Number(item.dataset.values.split(" ")[order.value]);
    items.sort((a, b) => value(b) - value(a));
    items.forEach((item, i) => { item.querySelector(".place").textContent = "#" + (i + 1); });
    list.append(...items);
  });
  const show = () => { area.hidden = false; area.value = csv(); area.focus(); area.select(); };
  tools.querySelector(".copy").addEventListener("click", async (event) => {
    const button = event.target;
    try {
      await navigator.clipboard.writeText(csv());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy CSV"; }, 1500);
    } catch { show(); }
  });
  tools.querySelector(".save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = "corrections.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  restore();
  tell();
}
`;
