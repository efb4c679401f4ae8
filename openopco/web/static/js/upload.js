/* Drop zones: several files at a time, each with its progress, again after a failure. */
import { button, elementsOf, make, token } from "./page.js";

const CUT = "L'envoi s'est interrompu.";
const STEP = 25;

const size = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))}\u00a0ko` : `${(bytes / 1e6).toFixed(1).replace(".", ",")}\u00a0Mo`;

const sprite = () => document.querySelector(".dropzone use").getAttribute("href").split("#")[0];

function pictogram(name) {
  return elementsOf(`<svg class="icon" aria-hidden="true"><use href="${sprite()}#${name}"/></svg>`);
}

function row(file) {
  const bar = make("progress", { max: "100", value: "0", "aria-label": `Envoi de ${file.name}` });
  const words = make("div", {}, make("span", { class: "file-name" }, file.name), " ", make("span", { class: "file-meta" }, size(file.size)));
  return make("li", { class: "file" }, pictogram("file"), words, make("div", { class: "file-actions" }), bar);
}

function post(form, file, replaced, onProgress) {
  const body = new FormData(form);
  body.delete("file");
  body.append("file", file);
  if (replaced) body.append("replace", replaced);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", token(form));
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress((100 * event.loaded) / event.total));
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(request));
    request.addEventListener("timeout", () => resolve(request));
    request.timeout = 180000;
    request.send(body);
  });
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

class Zone {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.list = form.querySelector("[data-upload-list]");
    this.status = form.querySelector("[data-upload-status]");
    this.area = form.querySelector("[data-dropzone]");
    this.queue = Promise.resolve();
    this.listen();
    /* Files chosen before this script came. */
    this.take([...this.input.files]);
    this.input.value = "";
  }

  listen() {
    this.input.addEventListener("change", () => {
      const old = this.replaced;
      this.replaced = null;
      if (old) this.replace(this.input.files[0], old);
      else this.take([...this.input.files]);
      this.input.value = "";
    });
    this.input.addEventListener("cancel", () => (this.replaced = null));
    /* Enter opens the chooser, as the space bar does, and never sends an empty form. */
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.input.click();
    });
    this.list.addEventListener("click", (event) => {
      const asked = event.target.closest("[data-replace]");
      if (!asked) return;
      event.preventDefault();
      this.replaced = asked.closest(".file");
      this.input.click();
    });
    for (const name of ["dragenter", "dragover"])
      this.area.addEventListener(name, (event) => {
        event.preventDefault();
        this.area.classList.add("dropzone-over");
      });
    for (const name of ["dragleave", "drop"]) this.area.addEventListener(name, () => this.area.classList.remove("dropzone-over"));
    this.area.addEventListener("drop", (event) => {
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  say(text) {
    this.status.textContent = text;
  }

  /* One after the other: a slow line is not shared between ten files, and each zone keeps its order. */
  take(files) {
    for (const file of files) {
      const line = row(file);
      this.list.append(line);
      this.queue = this.queue.then(() => this.send(file, line));
    }
  }

  /* The old file keeps its place until the server has taken the new one. */
  replace(file, old) {
    if (!file) return;
    const line = row(file);
    old.after(line);
    this.queue = this.queue.then(() => this.send(file, line, old));
  }

  async send(file, line, old) {
    const bar = line.querySelector("progress");
    let told = 0;
    this.say(`Envoi de ${file.name}.`);
    const request = await post(this.form, file, old?.dataset.file, (percent) => {
      bar.value = percent;
      if (percent < told + STEP) return;
      told = Math.floor(percent / STEP) * STEP;
      this.say(`${file.name} : ${told} %.`);
    });
    const answer = answerOf(request);
    if (request.status >= 200 && request.status < 300 && answer.html) this.done(file, line, old, answer);
    else this.failed(file, line, old, request.status, answer.message);
  }

  done(file, line, old, answer) {
    old?.remove();
    line.replaceWith(elementsOf(answer.html));
    this.say(`${file.name} est joint.`);
    const missing = document.querySelector("[data-missing]");
    const fresh = answer.missing_html && elementsOf(answer.missing_html).firstElementChild;
    if (missing && fresh) missing.replaceWith(fresh);
  }

  /* The server's word on the file is final; anything else may be tried again. */
  failed(file, line, old, status, message) {
    const refused = status >= 400 && status < 500 && Boolean(message);
    line.classList.add("file-bad");
    line.querySelector("progress")?.remove();
    line.querySelector(".error")?.remove();
    line.append(make("p", { class: "error" }, message ?? CUT));
    const actions = line.querySelector(".file-actions");
    actions.replaceChildren(...(refused ? [] : [button("Réessayer", () => this.retry(file, line, old), "button-link")]));
    actions.append(button("Effacer", () => this.forget(line), "button-link"));
    this.say(`${file.name} n'est pas joint. ${message ?? CUT}`);
  }

  retry(file, line, old) {
    const fresh = row(file);
    line.replaceWith(fresh);
    this.input.focus();
    this.queue = this.queue.then(() => this.send(file, fresh, old));
  }

  forget(line) {
    line.remove();
    this.input.focus();
  }
}

document.querySelectorAll("[data-upload]").forEach((form) => new Zone(form));
