/* A new password is typed once: this button lets its author read it. Without JavaScript there is none. */
for (const input of document.querySelectorAll('input[autocomplete="new-password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button-link";
  button.setAttribute("aria-controls", input.id);
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Masquer le mot de passe" : "Afficher le mot de passe";
  };
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser would remember what was sent as text.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}
