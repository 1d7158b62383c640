// Shows what happened at the point in time under the pointer, in all charts at once. A live page puts new charts in: each event looks anew.
(() => {
  const tooltip = document.getElementById("tooltip");
  let known = { text: "", data: null };

  const data = () => {
    const text = document.getElementById("hover-data")?.textContent ?? "";
    if (text !== known.text) known = { text, data: text === "" ? null : JSON.parse(text) };
    return known.data;
  };

  const edgesOf = (chart) => [Number(chart.dataset.left), Number(chart.dataset.right)];

  const timeAt = (chart, clientX, { durationMs }) => {
    const box = chart.getBoundingClientRect();
    const scale = chart.viewBox.baseVal.width / box.width;
    const [left, right] = edgesOf(chart);
    const share = ((clientX - box.left) * scale - left) / (right - left);
    return share < 0 || share > 1 ? null : share * durationMs;
  };

  const moveCursors = (share) => {
    for (const chart of document.querySelectorAll("svg.chart")) {
      const [left, right] = edgesOf(chart);
      const x = share === null ? -9 : left + share * (right - left);
      const cursor = chart.querySelector(".cursor");
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
  };

  const linesAt = (ms, { steps, lines, binMs }) => {
    const step = steps.find(([, start, end]) => ms >= start && ms < end);
    return [`${(ms / 1000).toFixed(1)} s${step ? ` · ${step[0]}` : ""}`, ...(lines[Math.floor(ms / binMs)] ?? [])];
  };

  const hide = () => {
    tooltip.hidden = true;
    moveCursors(null);
  };

  const show = (event) => {
    const chart = event.target.closest?.("svg.chart");
    const told = chart && data();
    const ms = told ? timeAt(chart, event.clientX, told) : null;
    if (ms === null) return hide();
    moveCursors(ms / told.durationMs);
    tooltip.textContent = linesAt(ms, told).join("\n");
    tooltip.hidden = false;
    const { width } = tooltip.getBoundingClientRect();
    const isLeft = event.clientX + width + 24 > document.documentElement.clientWidth;
    tooltip.style.left = `${Math.max(4, isLeft ? event.clientX - width - 14 : event.clientX + 14)}px`;
    tooltip.style.top = `${event.clientY + 14}px`;
  };

  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  window.addEventListener("scroll", hide, { passive: true });
})();
