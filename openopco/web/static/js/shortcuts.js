/* One key each, for officers, where no field has the focus (WCAG 2.1.4: they can be turned off, on this device). */
import { button } from "./page.js";

const KEPT = "raccourcis";
const isOff = () => window.localStorage.getItem(KEPT) === "non";
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
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff() || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

function offer(place) {
  const turn = () => {
    window.localStorage.setItem(KEPT, isOff() ? "oui" : "non");
    offer(place);
    place.querySelector("button").focus();
  };
  const [now, act] = isOff() ? ["désactivés", "Les activer"] : ["actifs", "Les désactiver"];
  place.replaceChildren(`Sur cet appareil, les raccourcis sont ${now}. `, button(act, turn));
}

const place = document.querySelector("main [data-shortcuts-switch]");
if (place) offer(place);
