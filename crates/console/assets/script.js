// What pages do beyond what they do without it: copy, show the reader's own time, and follow what is happening.
"use strict";

// Buttons that copy the text of an element are of no use without this script, and hidden until here.
for (const button of document.querySelectorAll("[data-copy]")) {
  // What follows the first words is for who does not see what is beside the button.
  const words = button.firstChild;
  const label = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      words.textContent = "Copied";
    } catch {
      // Without permission, or without TLS: the text is at least marked.
      getSelection().selectAllChildren(source);
      words.textContent = "Press Ctrl+C";
    }
    setTimeout(() => {
      words.textContent = label;
    }, 2000);
  });
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

// Moments are written in UTC. The reader's own is easier to compare with a clock on the wall.
const localise = (root) => {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.title = time.textContent;
      time.textContent = moments.format(at);
    }
  }
};
localise(document);

// An element may follow a stream of events. `set` changes the text and the state of an element by its id; `row` fills the
// template of the element and puts it first. What is sent is text, never markup.
const follow = (live) => {
  const source = new EventSource(live.dataset.live);
  const told = live.querySelector("[data-live-state]");
  const say = (text) => {
    if (told && told.textContent !== text) {
      told.textContent = text;
    }
  };
  source.addEventListener("open", () => say("Live"));
  source.addEventListener("error", () => say("Connecting again"));
  source.addEventListener("set", (event) => {
    const { at, text, state } = JSON.parse(event.data);
    const element = document.getElementById(at);
    if (!element) {
      return;
    }
    if (text !== undefined && element.textContent !== text) {
      element.textContent = text;
    }
    if (state !== undefined) {
      element.dataset.state = state;
    }
  });
  source.addEventListener("row", (event) => {
    const { fields, href, state } = JSON.parse(event.data);
    const template = live.querySelector("template");
    const row = template.content.cloneNode(true);
    for (const place of row.querySelectorAll("[data-field]")) {
      const value = fields[place.dataset.field] ?? "";
      place.textContent = value;
      if (place.tagName === "TIME") {
        place.dateTime = value;
      }
    }
    const link = row.querySelector("a");
    if (link && href) {
      link.setAttribute("href", href);
    }
    if (state) {
      row.firstElementChild.dataset.state = state;
    }
    localise(row);
    const rows = live.querySelector("[data-live-rows]");
    rows.prepend(row);
    while (rows.children.length > 200) {
      rows.lastElementChild.remove();
    }
  });
  addEventListener("pagehide", () => source.close());
};
for (const live of document.querySelectorAll("[data-live]")) {
  follow(live);
}
