// Three comforts; every page works without them.
"use strict";

// "/" goes to the search box, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || !search || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// Escape takes back what narrows a list, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  document.querySelector("[data-reset]")?.click();
});

// A warning two minutes before the session ends, with a way to stay.
const WARN_BEFORE_SECONDS = 120;
const seconds = Number(document.body.dataset.sessionSeconds);
const warning = document.querySelector("[data-session-warning]");
if (seconds && warning) {
  let timer;
  const wait = () => {
    warning.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(() => { warning.hidden = false; }, Math.max(0, seconds - WARN_BEFORE_SECONDS) * 1000);
  };
  warning.querySelector("[data-session-stay]").addEventListener("click", async () => {
    const answer = await fetch(document.body.dataset.sessionUrl, { redirect: "manual" });
    if (answer.status === 204) wait();
    else location.reload();
  });
  wait();
}

// What is typed in a form with a draft is kept half a second after the last key, so that it survives a closed window.
const drafted = document.querySelector("form[data-draft]");
if (drafted) {
  const said = drafted.querySelector("[data-draft-said]");
  let waiting;
  const keep = async () => {
    const answer = await fetch(drafted.dataset.draft, { method: "POST", body: new FormData(drafted), keepalive: true });
    if (answer.status === 204) said.textContent = said.dataset.draftSaid;
  };
  drafted.addEventListener("input", () => {
    said.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(keep, 500);
  });
  drafted.addEventListener("submit", () => clearTimeout(waiting));
}
