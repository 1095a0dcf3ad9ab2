// Comfort only: every page works without this file. It copies, remembers questions in this browser, moves between
// results with the keyboard, and puts an answer into the page without reloading it.
"use strict";

const KEY = "tiaowen.recent";
const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function recent() {
  try { return JSON.parse(localStorage.getItem(KEY) || "[]").filter((q) => typeof q === "string").slice(0, 8); }
  catch { return []; }
}

function remember(question) {
  const kept = [question, ...recent().filter((q) => q !== question)].slice(0, 8);
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* private window: nothing is kept */ }
}

function showRecent() {
  const box = $("#recent"), questions = recent();
  if (!box || !questions.length) return;
  const lang = new URLSearchParams(location.search).get("lang");
  $("ul", box).replaceChildren(...questions.map((question) => {
    const item = document.createElement("li"), a = document.createElement("a");
    a.href = "/?" + new URLSearchParams({ q: question, ...(lang && { lang }) });
    a.textContent = question;
    a.dataset.move = "";
    item.append(a);
    return item;
  }));
  box.hidden = false;
}

async function copy(button) {
  const text = button.dataset.copy ?? new URL(button.dataset.copyLink, location.href).href;
  try { await navigator.clipboard.writeText(text); }
  catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const before = button.textContent;
  button.textContent = button.dataset.done;
  const status = $("#status");
  if (status) status.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = before; }, 1600);
}

function unhide(root = document) {
  all("button[data-copy], button[data-copy-link], button[data-print]", root).forEach((b) => { b.hidden = false; });
}

// An answer without a reload: the same page is fetched and its parts are put in place, so there is one way to lay it out.
async function ask(address, push) {
  const results = $("#results");
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!$("#results", page)) throw new Error("not an answer");
    results.replaceWith($("#results", page));
    document.title = page.title;
    document.body.className = page.body.className;
    $(".hero").replaceWith($(".hero", page));
    $(".language").replaceWith($(".language", page));
    if (push) history.pushState(null, "", address);
    unhide();
    showRecent();
    $("#status").textContent = $("#status", page).textContent;
    scrollTo({ top: 0 });
  } catch { location.href = address; }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form.feedback")) {
    event.preventDefault();
    const said = Object.fromEntries(new FormData(form, event.submitter));
    fetch("/api/v1/feedback", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said) })
      .then((response) => { if (!response.ok) throw new Error(); form.textContent = $("#status").textContent = form.dataset.thanks; })
      .catch(() => { form.submit(); });
    return;
  }
  if (!form.matches("form.ask, form.follow")) return;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (String(value).trim()) fields.append(name, String(value).trim());
  if (!fields.has("q")) return;
  remember(fields.get("q"));
  if (!$("#results")) return;
  event.preventDefault();
  ask("/?" + fields, true);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) {
    const link = event.target.closest(".examples a");
    if (link) remember(new URL(link.href).searchParams.get("q"));
    return;
  }
  if ("copy" in button.dataset || "copyLink" in button.dataset) copy(button);
  else if ("print" in button.dataset) print();
  else if ("clear" in button.dataset) {
    try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
    $("#recent").hidden = true;
    $("#q").focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches("input, textarea, select");
  const box = $("#q") || $("#find");
  if (event.key === "/" && !typing && box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && typing) event.target.blur();
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || event.target.id === "q")) {
    const stops = all("[data-move]").filter((stop) => stop.offsetParent);
    if (!stops.length) return;
    const here = stops.indexOf(document.activeElement.closest("[data-move]"));
    if (here < 0 && !typing) return;
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (next < 0) box.focus();
    else stops[Math.min(next, stops.length - 1)].focus();
  } else if (event.key === "Enter" && event.target.matches(".card[data-move]")) $("h3 a", event.target).click();
});

addEventListener("popstate", () => { if ($("#results")) ask(location.href, false); });

unhide();
showRecent();
{
  const asked = new URLSearchParams(location.search).get("q");
  if (asked && $("#results")) remember(asked.trim());
}
