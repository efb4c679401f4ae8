/* The ☰ button (a link to #menu without JavaScript) and the small panels that close by Escape or a click outside. */
const WIDE = window.matchMedia("(min-width: 64rem)");
const button = document.querySelector("[data-menu-button]");
const menu = document.getElementById("menu");

const isShown = () =>
  WIDE.matches ? !document.documentElement.classList.contains("menu-hidden") : menu.classList.contains("menu-open");

const tell = () => button.setAttribute("aria-expanded", String(isShown()));

function toggle() {
  if (WIDE.matches) document.documentElement.classList.toggle("menu-hidden");
  else menu.classList.toggle("menu-open");
  tell();
}

function close() {
  if (WIDE.matches || !isShown()) return;
  menu.classList.remove("menu-open");
  tell();
  button.focus();
}

if (button && menu) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-controls", "menu");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  menu.addEventListener("keydown", (event) => event.key === "Escape" && close());
  WIDE.addEventListener("change", tell);
  tell();
}

const panels = [...document.querySelectorAll("details[data-popover]")];

document.addEventListener("click", (event) => {
  for (const panel of panels) if (panel.open && !panel.contains(event.target)) panel.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const panel of panels) if (panel.open && !panel.contains(event.target)) panel.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of panels.filter((each) => each.open)) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});
