/* A page that follows a long work: its parts are brought up to date, then the page itself once the work is over. */
const EVERY = 2000;

async function look(place) {
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.querySelector("[data-follow]")) return location.reload();
    place.querySelectorAll("[data-follow-part]").forEach((part) => {
      const fresh = page.querySelector(`[data-follow-part="${part.dataset.followPart}"]`);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    });
  } catch {
    /* The line is down: the next look may find it. */
  }
  setTimeout(look, EVERY, place);
}

document.querySelectorAll("[data-follow]").forEach((place) => setTimeout(look, EVERY, place));
