/* Links that open in a native dialog: one of the page's own, or another page of which the [data-dialog-content] is shown. */
import { elementsOf } from "./page.js";

const page = document.getElementById("page-dialog");
const body = page?.querySelector("[data-dialog-body]");
const title = document.getElementById("page-dialog-title");
let opener = null;

/* What was typed behind the dialog is kept before one leaves for another page. */
async function leave(url) {
  if (document.querySelector("[data-autosave-url]")) await (await import("./autosave.js")).flushAll();
  const here = url.split("#")[0] === window.location.href.split("#")[0];
  if (!here) return void window.location.assign(url);
  window.history.replaceState(null, "", url);
  window.location.reload();
}

async function show(response) {
  if (response.redirected) return leave(response.url);
  const from = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = from.querySelector("[data-dialog-content]");
  if (!content) return leave(response.url);
  title.textContent = from.querySelector("h1")?.textContent.trim() ?? "";
  body.replaceChildren(document.adoptNode(content));
  for (const form of body.querySelectorAll("form:not([action]), form[action='']")) form.action = response.url;
  if (body.querySelector("[data-postal-url]")) await import("./postal.js");
  if (!page.open) page.showModal();
  (body.querySelector("[data-error-summary]") ?? body.querySelector("[autofocus]") ?? title).focus();
}

async function open(link) {
  opener = link;
  try {
    await show(await fetch(link.href, { headers: { Accept: "text/html" } }));
  } catch {
    window.location.assign(link.href);
  }
}

async function submit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-leaves")) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  if (form.dataset.sent) return;
  form.dataset.sent = "true";
  try {
    if (form.method === "get") await show(await fetch(`${form.action.split("?")[0]}?${new URLSearchParams(data)}`));
    else await show(await fetch(form.action, { method: "POST", body: data }));
  } catch {
    delete form.dataset.sent;
    say(form, "La liaison ne répond pas. Rien n'est perdu : réessayez dans un instant.");
  }
}

function say(form, message) {
  form.querySelector("[data-dialog-problem]")?.remove();
  form.prepend(elementsOf(`<p class="error" role="alert" data-dialog-problem></p>`));
  form.querySelector("[data-dialog-problem]").textContent = message;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog], [data-dialog-page]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link && isPlain) {
    const own = link.dataset.dialog && document.getElementById(link.dataset.dialog);
    if (!own && !page) return;
    event.preventDefault();
    if (!own) return void open(link);
    opener = link;
    own.showModal();
    return;
  }
  event.target.closest("[data-dialog-close]")?.closest("dialog")?.close();
});
document.querySelectorAll("dialog").forEach((each) => each.addEventListener("close", () => opener?.focus()));
body?.addEventListener("submit", submit);
body?.addEventListener("click", (event) => {
  const inner = event.target.closest("a[data-dialog-inside]");
  if (!inner) return;
  event.preventDefault();
  event.stopPropagation();
  void open(inner);
});
