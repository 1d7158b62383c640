// Runs in the report: shows what happened at the point in time under the pointer, in all charts at once.
(() => {
  const data = JSON.parse(document.getElementById("hover-data").textContent);
  const tooltip = document.getElementById("tooltip");
  const charts = [...document.querySelectorAll("svg.chart")];

  const timeAt = (chart, clientX) => {
    const box = chart.getBoundingClientRect();
    const scale = chart.viewBox.baseVal.width / box.width;
    const left = Number(chart.dataset.left);
    const right = Number(chart.dataset.right);
    const share = ((clientX - box.left) * scale - left) / (right - left);
    return share < 0 || share > 1 ? null : share * data.durationMs;
  };

  const moveCursors = (ms) => {
    for (const chart of charts) {
      const left = Number(chart.dataset.left);
      const right = Number(chart.dataset.right);
      const x = ms === null ? -9 : left + (ms / data.durationMs) * (right - left);
      const cursor = chart.querySelector(".cursor");
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
  };

  const linesAt = (ms) => {
    const step = data.steps.find(([, start, end]) => ms >= start && ms < end);
    const lines = [`${(ms / 1000).toFixed(1)} s${step ? ` · ${step[0]}` : ""}`];
    return lines.concat(data.lines[Math.floor(ms / data.binMs)] ?? []);
  };

  const hide = () => {
    tooltip.hidden = true;
    moveCursors(null);
  };

  const show = (event) => {
    const ms = timeAt(event.currentTarget, event.clientX);
    if (ms === null) return hide();
    moveCursors(ms);
    tooltip.textContent = linesAt(ms).join("\n");
    tooltip.hidden = false;
    const { width } = tooltip.getBoundingClientRect();
    const isLeft = event.clientX + width + 24 > document.documentElement.clientWidth;
    tooltip.style.left = `${Math.max(4, isLeft ? event.clientX - width - 14 : event.clientX + 14)}px`;
    tooltip.style.top = `${event.clientY + 14}px`;
  };

  for (const chart of charts) {
    chart.addEventListener("pointermove", show);
    chart.addEventListener("pointerdown", show);
    chart.addEventListener("pointerleave", hide);
  }
  window.addEventListener("scroll", hide, { passive: true });
})();
