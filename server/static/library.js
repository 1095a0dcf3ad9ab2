// Adding documents with a look beforehand: each file is recognised first, its metadata may be corrected, and a bar shows
// how far the work is. Without this file the form adds the files as they are.
"use strict";

{
  const form = document.querySelector("form.upload");
  const words = form.dataset, review = form.querySelector(".review"), input = form.querySelector("input[type=file]");
  const status = form.querySelector(".upload-status");
  const add = (parent, name, text = "", className = "") => {
    const node = document.createElement(name);
    node.textContent = text;
    if (className) node.className = className;
    parent.append(node);
    return node;
  };
  const detail = async (response) => (await response.json().catch(() => ({}))).detail ?? response.statusText;
  form.querySelector("button[type=submit]").hidden = true;

  // The job as it ends; the server tells each step. A stream that breaks off is opened again by the browser itself.
  const over = (job, step) => new Promise((end, fail) => {
    const events = new EventSource(`${job.url}/events`);
    events.onmessage = (event) => {
      const now = JSON.parse(event.data);
      step(now.progress);
      if (now.state === "done" || now.state === "failed") { events.close(); end(now); }
    };
    events.onerror = () => { if (events.readyState === EventSource.CLOSED) fail(new Error(job.url)); };
  });

  async function look(file) {
    const item = add(review, "li", "", "card"), fields = {};
    add(item, "p", file.name, "soft");
    const body = new FormData();
    body.append("file", file);
    const response = await fetch("/api/v1/documents/preview", { method: "POST", body });
    if (!response.ok) { add(item, "p", await detail(response), "reason"); return; }
    const found = await response.json();
    add(item, "p", words.counts.replace("{clauses}", found.clause_count).replace("{characters}", found.characters), "hint");
    const grid = add(item, "div", "", "compare-form");
    for (const name of ["title", "region", "issuer", "doc_number", "date"]) {
      const label = add(grid, "label", words[name], name === "title" ? "topic" : "");
      fields[name] = add(label, "input");
      fields[name].value = found[name] ?? "";
      if (name === "date") fields[name].placeholder = "2016-10-11";
    }
    for (const doubt of found.doubts) add(item, "p", doubt, "doubt");
    const more = add(item, "details");
    more.open = found.outline.length <= 40;
    add(more, "summary", words.outline);
    const list = add(more, "ul", "", "outline-list");
    for (const line of found.outline) add(list, "li", line.text, `level-${Math.min(line.depth + 1, 4)}${line.kind === "heading" ? " is-heading" : ""}`);
    const actions = add(item, "p", "", "actions"), button = add(actions, "button", words.accept, "primary"), drop = add(actions, "button", words.drop), bar = add(actions, "progress");
    button.type = drop.type = "button";
    drop.addEventListener("click", () => { item.remove(); input.focus(); });
    bar.max = 1; bar.value = 0; bar.hidden = true;
    bar.setAttribute("aria-label", file.name);
    button.addEventListener("click", async () => {
      button.disabled = drop.disabled = true; bar.hidden = false;
      const sent = new FormData();
      sent.append("files", file);
      for (const [name, field] of Object.entries(fields)) if (field.value.trim() !== (found[name] ?? "")) sent.append(name, field.value.trim());
      const begun = await fetch("/api/v1/documents", { method: "POST", body: sent });
      if (!begun.ok) { button.disabled = drop.disabled = false; status.textContent = add(item, "p", await detail(begun), "reason").textContent; return; }
      const job = await over(await begun.json(), (progress) => { bar.value = progress; });
      actions.remove();
      const told = add(item, "p", "", "reason");
      if (job.state === "done") {
        const link = add(told, "a", words.done);
        link.href = `/documents/${encodeURIComponent(job.documents[0])}`;
      } else told.textContent = job.failed[0]?.message ?? job.message;
      status.textContent = told.textContent;
    });
    status.textContent = found.title;
  }

  const take = (files) => [...files].forEach((file) => look(file).catch((error) => { status.textContent = String(error); }));
  input.addEventListener("change", () => { take(input.files); input.value = ""; });
  const zone = form.querySelector(".drop");
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
}
