/* Saves a draft field by field as one types. What is not yet saved stays in the memory of the page, never in the browser's storage. */
import { button, elementsOf, hour, make, renewToken, token } from "./page.js";

const PAUSE = 600;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 60000;
const FAILED = "Pas enregistré : la liaison ne répond pas. Gardez cette page ouverte, nous réessayons.";
const REFUSED = "Pas enregistré : votre session a peut-être pris fin. Reconnectez-vous dans un autre onglet, nous réessayons.";

const waiting = new Map(); // form → Map(name → control)
const timers = new Map();
const running = new Map(); // form → promise of the round under way
const kept = new Map(); // form → Map(name → value the server has)
let retryIn = FIRST_RETRY;

const isBox = (control) => control.type === "checkbox" || control.type === "radio";
const controlsNamed = (form, name) => [...form.elements].filter((each) => each.name === name);

function valueOf(form, name) {
  const controls = controlsNamed(form, name);
  if (!isBox(controls[0])) return controls[0].value;
  return controls.find((each) => each.checked)?.value ?? "";
}

/* What the page came with, whatever was typed since. */
function givenValue(form, name) {
  const controls = controlsNamed(form, name);
  if (isBox(controls[0])) return controls.find((each) => each.defaultChecked)?.value ?? "";
  if (!controls[0].options) return controls[0].defaultValue;
  return ([...controls[0].options].find((each) => each.defaultSelected) ?? controls[0].options[0])?.value ?? "";
}

function setValue(form, name, value) {
  for (const control of controlsNamed(form, name)) {
    if (isBox(control)) control.checked = control.value === value;
    else control.value = value;
  }
}

/* The revision that the server has of a field, and its value: the form says with both whether it was touched since. */
function setRevision(form, name, revision, value) {
  for (const control of controlsNamed(form, name)) control.dataset.revision = revision;
  const [number, served] = [form.elements[`revision:${name}`], form.elements[`served:${name}`]];
  if (number) number.value = revision;
  if (served) served.value = value;
}

const placeOf = (form, name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

/* The status line may stand in the page's head, outside the form. */
function say(text, state) {
  const line = document.querySelector("[data-save-status]");
  if (!line) return;
  line.dataset.state = state;
  if (line.textContent.trim() !== text) line.textContent = text;
}

function warn(text) {
  const line = document.querySelector("[data-save-alert]");
  if (line && line.textContent !== text) line.textContent = text;
}

function describe(control, id, isThere) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isThere) ids.add(id);
  else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}

function showError(form, name, message) {
  const place = placeOf(form, name);
  if (!place) return;
  const id = `id_${name}_error`;
  place.querySelector(".error")?.remove();
  place.classList.toggle("field-bad", Boolean(message));
  for (const control of controlsNamed(form, name)) {
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    describe(control, id, Boolean(message));
  }
  if (!message) return;
  const line = make("p", { class: "error", id }, make("span", { class: "visually-hidden" }, "Erreur : "), message);
  const anchor = place.querySelector(".affix, .choices, .choice") ?? controlsNamed(form, name)[0];
  anchor.before(line);
}

function replace(selector, html) {
  if (html === undefined || html === null) return;
  const old = document.querySelector(selector);
  if (!old) return;
  const fresh = elementsOf(html);
  const whole = fresh.querySelector(selector);
  if (whole) old.replaceWith(whole);
  else old.replaceChildren(fresh);
}

/* In a list of choices, the words people read rather than the code. */
function worded(form, name, value) {
  const control = controlsNamed(form, name)[0];
  if (control.type === "checkbox") return value ? "coché" : "non coché";
  const option = control.options && [...control.options].find((each) => each.value === value);
  const radio = controlsNamed(form, name).find((each) => each.type === "radio" && each.value === value);
  return option?.text ?? radio?.closest("label")?.textContent.trim() ?? (value || "vide");
}

function showConflict(form, name, theirs) {
  const place = placeOf(form, name) ?? form;
  place.querySelector(".conflict")?.remove();
  const settle = (value) => {
    setRevision(form, name, theirs.revision, theirs.current);
    setValue(form, name, value);
    place.querySelector(".conflict")?.remove();
    controlsNamed(form, name)[0].focus();
    enqueue(form, name, 0, true);
  };
  const mine = valueOf(form, name);
  const by = [theirs.by, theirs.at && `à ${hour(theirs.at)}`].filter(Boolean).join(", ") || "Un autre onglet";
  const box = make(
    "div",
    { class: "conflict", role: "alert" },
    make("p", { class: "conflict-title" }, "Ce champ a changé entre-temps : que gardez-vous ?"),
    make("p", {}, "Votre saisie : ", make("q", {}, worded(form, name, mine))),
    make("p", {}, `${by} : `, make("q", {}, worded(form, name, theirs.current))),
    make(
      "div",
      { class: "row" },
      button("Garder ma saisie", () => settle(valueOf(form, name))),
      button("Prendre l'autre", () => settle(theirs.current)),
    ),
  );
  place.append(box);
}

function post(form, name, value) {
  const body = new FormData();
  body.set("name", name);
  body.set("value", value);
  body.set("revision", controlsNamed(form, name)[0].dataset.revision ?? "0");
  const headers = { "X-CSRFToken": token(form), Accept: "application/json" };
  return fetch(form.dataset.autosaveUrl, { method: "POST", body, headers, redirect: "manual" });
}

/* Turned away: for want of a session (a redirect has no status here), or with a token from before one signed in again. */
const isTurnedAway = (response) => response.status === 0 || response.status === 403;

async function send(form, name) {
  const sent = valueOf(form, name);
  kept.get(form).set(name, sent);
  let response = await post(form, name, sent);
  if (isTurnedAway(response) && (await renewToken())) response = await post(form, name, sent);
  if (response.status === 409) {
    showConflict(form, name, await response.json());
    return { conflict: true };
  }
  if (!response.ok && response.status !== 422) throw new Error(String(response.status || 403));
  const answer = await response.json();
  if (answer.revision !== undefined) setRevision(form, name, answer.revision, sent);
  if (valueOf(form, name) !== sent) enqueue(form, name, PAUSE);
  showError(form, name, answer.error ?? "");
  replace("[data-missing]", answer.missing_html);
  replace("[data-warnings]", answer.warnings_html);
  replace("[data-warnings-beside]", answer.beside_html);
  return answer;
}

async function round(form) {
  const names = waiting.get(form);
  while (names.size) {
    const name = names.keys().next().value;
    names.delete(name);
    say("Enregistrement…", "saving");
    try {
      const answer = await send(form, name);
      retryIn = FIRST_RETRY;
      warn("");
      if (answer.conflict) say("À vous de choisir", "conflict");
      else if (answer.saved_at) say(`Enregistré à ${hour(answer.saved_at)}`, "saved");
      else say(answer.error ? "Pas enregistré" : "", answer.error ? "failed" : "");
    } catch (problem) {
      if (!names.has(name)) names.set(name, true);
      kept.get(form).delete(name);
      failed(form, problem);
      return false;
    }
  }
  return true;
}

function failed(form, problem) {
  say("Pas enregistré", "failed");
  warn(problem.message === "403" ? REFUSED : FAILED);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => flush(form), retryIn));
  retryIn = Math.min(retryIn * 2, LONGEST_RETRY);
}

/* Sends what waits, one field at a time and in order. Gives whether all was kept. */
function flush(form) {
  clearTimeout(timers.get(form));
  if (running.has(form)) return running.get(form);
  const under = round(form).finally(() => running.delete(form));
  running.set(form, under);
  return under;
}

function enqueue(form, name, pause, isForced = false) {
  if (!isForced && kept.get(form).get(name) === valueOf(form, name)) return;
  if (!waiting.has(form)) waiting.set(form, new Map());
  waiting.get(form).set(name, true);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => flush(form), pause));
}

const isUnsaved = () => running.size > 0 || [...waiting.values()].some((names) => names.size > 0);

/* For whoever is about to leave the page by program: waits until what was typed is kept. */
export const flushAll = () => Promise.all([...waiting.keys()].map(flush));

function listen(form) {
  const takes = (control) => control.name && control.dataset.revision !== undefined;
  const names = new Set([...form.elements].filter(takes).map(({ name }) => name));
  kept.set(form, new Map([...names].map((name) => [name, givenValue(form, name)])));
  form.addEventListener("input", (event) => {
    /* A number that is only kept whole is sent once one has left its field. */
    if (takes(event.target) && event.target.dataset.autosaveOn !== "change") enqueue(form, event.target.name, isBox(event.target) ? 0 : PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (takes(event.target)) enqueue(form, event.target.name, 0);
  });
  form.addEventListener("focusout", () => waiting.get(form)?.size && flush(form));
  /* What was typed before this script came. */
  for (const name of names) if (controlsNamed(form, name)[0].dataset.autosaveOn !== "change") enqueue(form, name, PAUSE);
  form.addEventListener("submit", (event) => {
    if (isSettled(form)) form.dataset.leaving = "true";
    else void sendOnceKept(form, event);
  });
}

const openConflict = (form) => form.querySelector(".conflict[role=alert]");
const isSettled = (form) => !running.has(form) && !waiting.get(form)?.size && !openConflict(form);

/* One leaves the page with everything kept: a line that is down or a session that ended would lose what the form carries. */
async function sendOnceKept(form, event) {
  event.preventDefault();
  if (form.dataset.held) return;
  form.dataset.held = "true";
  if (waiting.has(form)) await flush(form);
  delete form.dataset.held;
  if (isSettled(form)) form.requestSubmit(event.submitter);
  else openConflict(form)?.querySelector("button").focus();
}

document.querySelectorAll("[data-autosave-url]").forEach(listen);
window.addEventListener("online", () => waiting.forEach((names, form) => names.size && flush(form)));
window.addEventListener("beforeunload", (event) => {
  if (isUnsaved() && !document.querySelector("[data-leaving]")) event.preventDefault();
});
