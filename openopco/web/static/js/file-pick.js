/* Says in French what was chosen: the browser says it in its own language. */
for (const place of document.querySelectorAll("[data-file-pick]")) {
  const input = place.querySelector("input[type=file]");
  const words = place.querySelector("[data-file-names]");
  const none = words.textContent;
  const tell = () => (words.textContent = [...input.files].map((file) => file.name).join(", ") || none);
  input.addEventListener("change", tell);
  /* Chosen before this script came. */
  if (input.files.length) tell();
}
