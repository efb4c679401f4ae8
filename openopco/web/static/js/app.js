/* What every page needs; the rest is fetched only by pages that have a use for it. */
import "./menu.js";
import "./submit-once.js";

document.documentElement.classList.add("has-js");

const has = (selector) => document.querySelector(selector) !== null;

if (has("[data-autosave-url]")) import("./autosave.js");
if (has("[data-upload]")) import("./upload.js");
if (has("[data-only-if]")) import("./only-if.js");
if (has("[data-postal-url]")) import("./postal.js");
if (has("[data-follow]")) import("./follow.js");
if (has("[data-shortcuts]")) import("./shortcuts.js");
if (has("[data-file-pick]")) import("./file-pick.js");
if (has("[data-dialog], [data-dialog-page]")) import("./dialog.js");

/* A fragment's focus does not wait for the visitor to look for it. */
document.querySelector("[data-error-summary]")?.focus();
