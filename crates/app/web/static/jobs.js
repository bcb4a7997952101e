// How far background work is, by events. Without scripts the page is asked for anew every few seconds.
for (const part of document.querySelectorAll("[data-events]")) {
  const source = new EventSource(part.dataset.events);
  let state;
  source.addEventListener("message", async (event) => {
    const now = JSON.parse(event.data);
    const bar = part.querySelector("progress");
    if (bar && now.percent !== null) bar.value = now.percent;
    const far = part.querySelector("[data-far]");
    if (far) far.textContent = now.far;
    if (!now.open) source.close();
    // Another state has other words and buttons: the page knows them.
    if (!now.open || (state && state !== now.state)) {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.querySelector("[data-events], [data-ended]");
        if (next) part.innerHTML = next.innerHTML;
      } catch (error) {
        console.warn(error);
      }
    }
    state = now.state;
  });
}
