/* One key each, for officers, where no field has the focus. Turned off on this device (WCAG 2.1.4), no page asks for them. */
const links = () => [...document.querySelectorAll(".desk-list tbody th a")];
const row = () => document.activeElement?.closest?.(".desk-list tbody tr");
const press = (element) => element?.click();

function move(step) {
  const all = links();
  const here = all.findIndex((link) => link.closest("tr") === row());
  const to = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[to]?.focus();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  p: () => press(row()?.querySelector("button[formaction]") ?? document.querySelector("[data-key-take]")),
  s: () => press(document.querySelector("[data-key-follow]")),
  n: () => press(document.querySelector("a[rel~=next]")),
  b: () => press(document.querySelector("a[rel~=prev]")),
  "/": () => document.getElementById("id_q")?.focus(),
  "?": () => press(document.querySelector("a[data-shortcuts]")),
};

const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

/* Says that the keys are listened to. */
document.documentElement.classList.add("has-keys");
