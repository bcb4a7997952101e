// The desk with one key a decision, where the officer wants that. Without scripts its buttons do the same.
const KEPT = "single-keys";

const decide = document.getElementById("decide");
const lines = document.querySelector("[data-lines]");
const toggle = document.querySelector("[data-keys]");

// A key alone can be hit by mistake, so that it can be switched off; the choice stays in this browser.
if (toggle) {
  toggle.closest("label").hidden = false;
  toggle.checked = localStorage.getItem(KEPT) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
}

const writing = (target) => target.closest("input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]");

const press = (button) => {
  const reason = decide.elements.reason;
  const given = reason.value.trim() || decide.querySelector("[name=pick]:checked");
  if (!button.hasAttribute("data-reason") || given) return button.click();
  const first = decide.querySelector("[name=pick]") ?? reason;
  first.focus();
  first.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !toggle?.checked || writing(event.target)) return;
  const button = decide?.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
  if (button) {
    event.preventDefault();
    press(button);
  }
});

// The line that is shown stays in sight in a long list.
const here = lines?.querySelector(".here");
if (here && lines.scrollHeight > lines.clientHeight) lines.scrollTop = here.offsetTop - lines.offsetTop - lines.clientHeight / 3;

for (const all of document.querySelectorAll("[data-all]")) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of all.form.querySelectorAll(`[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });
}
