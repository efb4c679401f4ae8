/* A field that another one calls for: <div data-only-if="id_certifying=oui"> shows while #id_certifying holds « oui ».
   Without JavaScript it always shows. */
for (const place of document.querySelectorAll("[data-only-if]")) {
  const [id, wanted] = place.dataset.onlyIf.split("=");
  const control = document.getElementById(id);
  if (!control) continue;
  const follow = () => { place.hidden = (control.type === "checkbox" ? (control.checked ? "oui" : "") : control.value) !== wanted; };
  control.addEventListener("change", follow);
  follow();
}
