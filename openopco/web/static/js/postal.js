/* Postal code → commune. The city stays a plain text field; the communes of the code are offered in its list, and a lone one is filled in.
   <input data-postal-url="/reference/communes/" data-postal-city="id_city"> · answer: {"communes": [{"name", "insee_code", "postal_code"}]} */
import { make } from "./page.js";

const known = new Map();
const MANY = (count) => `${count} communes ont ce code postal : choisissez la vôtre.`;
const NONE = "Aucune commune n'a ce code postal : vérifiez-le, ou écrivez la ville.";

async function communesOf(url, code) {
  const key = `${url}?code=${encodeURIComponent(code)}`;
  if (!known.has(key)) {
    const response = await fetch(key, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    known.set(key, (await response.json()).communes);
  }
  return known.get(key);
}

function listFor(city) {
  if (city.list) return city.list;
  const list = make("datalist", { id: `${city.id}_communes` });
  city.after(list);
  city.setAttribute("list", list.id);
  return list;
}

function noteFor(city) {
  const id = `${city.id}_note`;
  const found = document.getElementById(id);
  if (found) return found;
  const note = make("p", { class: "field-note", id, role: "status" });
  (city.list ?? city).after(note);
  return note;
}

/* Buttons rather than a list alone: a datalist does not open by itself, least of all on a phone. */
function choices(city, communes, note) {
  const chips = communes.map(({ name }) => {
    const chip = make("button", { type: "button", class: "chip" }, name);
    chip.addEventListener("click", () => {
      fill(city, name);
      note.replaceChildren(`${name}.`);
      city.focus();
    });
    return chip;
  });
  return make("span", { class: "row" }, ...chips);
}

function fill(city, name) {
  city.value = name;
  city.dispatchEvent(new Event("input", { bubbles: true }));
  city.dispatchEvent(new Event("change", { bubbles: true }));
}

function offer(city, communes) {
  listFor(city).replaceChildren(...communes.map(({ name }) => make("option", { value: name })));
  const note = noteFor(city);
  const names = communes.map(({ name }) => name);
  note.replaceChildren();
  if (communes.length === 0) note.append(NONE);
  else if (communes.length === 1 && city.value !== names[0]) {
    fill(city, names[0]);
    note.append(`${names[0]}.`);
  } else if (communes.length > 1 && !names.includes(city.value)) note.append(MANY(communes.length), choices(city, communes, note));
}

async function look(input) {
  const code = input.value.replace(/\s/g, "");
  const city = document.getElementById(input.dataset.postalCity);
  if (!city || !/^\d{5}$/.test(code)) return;
  try {
    const communes = await communesOf(input.dataset.postalUrl, code);
    if (input.value.replace(/\s/g, "") === code) offer(city, communes);
  } catch {
    noteFor(city).replaceChildren("La liste des communes ne répond pas : écrivez la ville.");
  }
}

document.addEventListener("input", (event) => event.target.matches?.("[data-postal-url]") && look(event.target));
/* What was typed while this script was on its way. */
document.querySelectorAll("[data-postal-url]").forEach((input) => input.value !== input.defaultValue && look(input));
