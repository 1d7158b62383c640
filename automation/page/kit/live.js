// Runs in the live page: puts each part that the server sends into its place, and keeps what the reader has opened and is at.
(() => {
  const connection = document.getElementById("connection");
  const source = new EventSource("events");

  const say = (text) => {
    if (connection.textContent !== text) connection.textContent = text;
  };

  const replace = (place, text) => {
    const open = [...place.querySelectorAll("details[open]")].map(({ id }) => id);
    const scrolled = [...place.querySelectorAll(".scroll")].map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    place.innerHTML = text;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [index, element] of place.querySelectorAll(".scroll").entries())
      [element.scrollLeft, element.scrollTop] = scrolled[index] ?? [0, 0];
    if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
  };

  source.addEventListener("parts", (event) => {
    const { title, parts } = JSON.parse(event.data);
    document.title = title;
    for (const [id, text] of Object.entries(parts)) replace(document.getElementById(id), text);
    say("");
  });
  source.addEventListener("over", () => {
    source.close();
    say("The run has ended; this page will not change any more.");
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED)
      say("The run does not answer; the page shows what was seen last. The command `status` says how things stand.");
  });
})();
