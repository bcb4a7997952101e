// A form marked data-live is asked again as it is filled in: the same address, of which the parts marked data-part are put in place.
// Without scripts its button does the same.
const PAUSE_MS = 250;

for (const form of document.querySelectorAll("form[data-live]")) {
  let timer, running;
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const url = `${location.pathname}?${new URLSearchParams(filled)}`;
    try {
      const answer = await fetch(url, { signal: running.signal, headers: { accept: "text/html" } });
      if (!answer.ok && answer.status !== 422) return;
      replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      history.replaceState(null, "", url);
    } catch (error) {
      // Off line, or asked again meanwhile: what stands on the page stays, and the button still works.
      if (error.name !== "AbortError") console.warn(error);
    }
  };
  const replace = (page) => {
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!next || next.innerHTML === part.innerHTML) continue;
      const active = document.activeElement;
      const held = part.contains(active) ? active.id : "";
      const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
      part.innerHTML = next.innerHTML;
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      if (held) {
        const field = document.getElementById(held);
        field?.focus();
        if (field?.type === "text") field.setSelectionRange(field.value.length, field.value.length);
      }
    }
  };
  const soon = () => {
    // What is under way would put back what was there before this key.
    running?.abort();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  };
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
