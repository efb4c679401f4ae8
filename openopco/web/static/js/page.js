/* Shared by the modules: the anti-forgery token, the hour in Paris, small elements. */
export const token = (form) => (form.querySelector("[name=csrfmiddlewaretoken]") ?? document.querySelector("[name=csrfmiddlewaretoken]")).value;

/* Signing in again, in another tab too, makes this page's tokens useless: reads one from the page as it is now. Gives whether it could. */
export async function renewToken() {
  const response = await fetch(window.location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((each) => { each.value = fresh ?? each.value; });
  return Boolean(fresh);
}

const CLOCK = new Intl.DateTimeFormat("fr-FR", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Paris" });

/* « 10 h 24 » from an ISO instant; what is not one is shown as it came. */
export function hour(text) {
  const instant = new Date(text);
  if (!text || Number.isNaN(instant.valueOf())) return text ?? "";
  const parts = Object.fromEntries(CLOCK.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${Number(parts.hour)}\u00a0h\u00a0${parts.minute}`;
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(label, act, style = "button button-second button-small") {
  const element = make("button", { type: "button", class: style }, label);
  element.addEventListener("click", act);
  return element;
}

/* HTML of our own server, taken as elements. The Content-Security-Policy keeps scripts out of it. */
export function elementsOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content;
}
