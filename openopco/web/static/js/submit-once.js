/* A form marked data-submit-once goes once. The server is idempotent anyway: this only spares a doubt. */
const BUSY = "Envoi en cours…";

function hold(form, submitter) {
  form.dataset.sent = "true";
  if (!submitter) return;
  submitter.setAttribute("aria-disabled", "true");
  const status = document.createElement("span");
  status.className = "save-status";
  status.setAttribute("role", "status");
  submitter.after(status);
  status.textContent = BUSY;
}

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((each) => {
    each.removeAttribute("aria-disabled");
    if (each.nextElementSibling?.matches(".save-status")) each.nextElementSibling.remove();
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-submit-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else hold(form, event.submitter);
});
/* Coming back by the Back button shows the page as it was left: the form must work again. */
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach(release));
