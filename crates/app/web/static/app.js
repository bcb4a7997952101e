// A form marked data-live is asked again as it is filled in: the same address, of which the parts marked data-part are put in place.
// Without scripts its button does the same. A form that is posted is only tried (do=try), without its files.
const PAUSE_MS = 250;

for (const form of document.querySelectorAll("form[data-live]")) {
  const posted = form.method === "post";
  let timer, running;
  // The name of a chosen file is enough to know that there will be a proof.
  const tried = (filled) => {
    const body = new FormData();
    for (const [name, value] of filled) {
      if (!(value instanceof File)) body.append(name, value);
      else if (value.size > 0) body.append(name, new File([], value.name));
    }
    body.append("do", "try");
    return body;
  };
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const url = posted ? form.action : `${location.pathname}?${new URLSearchParams(filled)}`;
    const sent = { signal: running.signal, headers: { accept: "text/html" } };
    try {
      const answer = await fetch(url, posted ? { ...sent, method: "POST", body: tried(filled) } : sent);
      if (!answer.ok && answer.status !== 422) return;
      replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (!posted) history.replaceState(null, "", url);
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
  for (const button of form.querySelectorAll("[data-try]")) button.hidden = true;
  form.addEventListener("submit", (event) => {
    if (posted) return;
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
