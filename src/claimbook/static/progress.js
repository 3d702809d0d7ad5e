/* My progress: what this browser has kept of the quizzes, per chapter and per objective.

   Reads and writes the same places as quiz.js and uses its rules, so a stored "correct" is never believed:
   every answer is judged anew. Export and import are files on the reader's own machine; nothing is sent. */
(() => {
  "use strict";
  const quizzes = () => globalThis.ClaimbookQuiz;

  function exportOf(data) {
    const kept = {};
    for (const { quiz } of data.chapters) {
      const records = quizzes().browserStore(keyOf(data, quiz.quiz)).load();
      const sound = Object.fromEntries(quiz.items.map((item) => [item.id, quizzes().sound(records, item)]).filter(([, r]) => r.n));
      if (Object.keys(sound).length) kept[quiz.quiz] = sound;
    }
    return { format: "claimbook progress 1", book: data.book, edition: data.edition, quizzes: kept, exercises: doneOf(data) };
  }

  const keyOf = (data, number) => `${data.book}:${data.edition}:quiz:${number}`;
  const doneStore = (data) => quizzes().browserStore(`${data.book}:${data.edition}:exercises`);
  function doneOf(data) {
    const stored = doneStore(data).load();
    const numbers = data.chapters.map((chapter) => chapter.quiz.quiz);
    return Object.fromEntries(numbers.filter((n) => stored && typeof stored === "object" && stored[n] === true).map((n) => [n, true]));
  }

  /* Takes an exported file in. Returns what to tell the reader; throws an Error with a plain message for a file that is none. */
  function importInto(data, text) {
    let given;
    try { given = JSON.parse(text); } catch { throw new Error("This file is not JSON, so it is no export of this page."); }
    if (!given || given.book !== data.book || typeof given.quizzes !== "object" || given.quizzes === null)
      throw new Error("This file is no export of this book's progress.");
    let taken = 0, stale = 0;
    for (const { quiz } of data.chapters) {
      const theirs = Object.prototype.hasOwnProperty.call(given.quizzes, quiz.quiz) ? given.quizzes[quiz.quiz] : null;
      if (!theirs || typeof theirs !== "object") continue;
      const store = quizzes().browserStore(keyOf(data, quiz.quiz));
      const own = store.load();
      const merged = {};
      for (const item of quiz.items) {
        const mine = quizzes().sound(own, item), other = quizzes().sound(theirs, item);
        if (other.n) taken += 1;
        else if (Object.prototype.hasOwnProperty.call(theirs, item.id)) stale += 1;
        // Where both have an answer, the one with more tries is the later one.
        const kept = (other.n ?? 0) >= (mine.n ?? 0) ? other : mine;
        if (kept.n) merged[item.id] = kept;
      }
      if (Object.keys(merged).length && store.save(merged) === false) throw new Error("This browser does not let the page keep anything.");
    }
    if (given.exercises && typeof given.exercises === "object") {
      const done = { ...doneOf(data) };
      for (const { quiz } of data.chapters) if (given.exercises[quiz.quiz] === true) done[quiz.quiz] = true;
      doneStore(data).save(done);
    }
    const other = given.edition === data.edition ? "" : ` It comes from edition ${String(given.edition).slice(0, 20)}; questions that have changed since are left out.`;
    return `${taken} answers were taken in${stale ? `, ${stale} of older questions left out` : ""}.${other}`;
  }

  function tally(data) {
    return data.chapters.map((chapter) => {
      const stored = quizzes().browserStore(keyOf(data, chapter.quiz.quiz)).load();
      const items = chapter.quiz.items.map((item) => {
        const record = quizzes().sound(stored, item);
        return { objective: item.objective, tried: Boolean(record.n), right: "a" in record && quizzes().verdict(item, record.a).status === "correct", first: record.first === true };
      });
      return { chapter, items };
    });
  }

  function start(root) {
    const { make } = quizzes();
    const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
    const said = make("p", { role: "status", class: "cbp-said" });
    const body = make("div");
    const count = (items, what) => items.filter((item) => item[what]).length;

    function draw() {
      const rows = tally(data);
      const all = rows.flatMap((row) => row.items);
      const done = doneOf(data);
      const head = make("tr", {}, ...["Chapter", "Answered", "Correct", "First try", "Exercise done"].map((t) => make("th", { scope: "col" }, t)));
      const lines = rows.map(({ chapter, items }) => {
        const box = make("input", { type: "checkbox", "aria-label": `Exercise ${chapter.quiz.quiz} is done` });
        box.checked = done[chapter.quiz.quiz] === true;
        box.addEventListener("change", () => {
          const marked = doneOf(data);
          if (box.checked) marked[chapter.quiz.quiz] = true; else delete marked[chapter.quiz.quiz];
          doneStore(data).save(marked);
        });
        return make("tr", {}, make("th", { scope: "row" }, make("a", { href: chapter.link }, `${chapter.place} ${chapter.title}`)),
          ...["tried", "right", "first"].map((what) => make("td", {}, `${count(items, what)} of ${items.length}`)),
          make("td", {}, chapter.exercise ? box : ""));
      });
      const goals = rows.flatMap(({ chapter, items }) => Object.entries(chapter.objectives).map(([id, words]) => {
        const own = items.filter((item) => item.objective === id);
        return make("tr", {}, make("th", { scope: "row" }, id), make("td", {}, words), make("td", {}, `${count(own, "right")} of ${own.length}`));
      }));
      body.replaceChildren(
        make("p", {}, `${count(all, "tried")} of ${all.length} questions answered, ${count(all, "right")} correct, ${count(all, "first")} at the first try.`),
        make("div", { class: "cb-scroll", tabindex: "0", role: "group", "aria-label": "Progress by chapter" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines))),
        make("details", {}, make("summary", {}, "By objective"),
          make("div", { class: "cb-scroll", tabindex: "0", role: "group", "aria-label": "Progress by objective" },
            make("table", {}, make("thead", {}, make("tr", {}, ...["Objective", "A reader can", "Correct"].map((t) => make("th", { scope: "col" }, t)))), make("tbody", {}, ...goals)))));
    }

    const save = make("button", { type: "button", class: "cbq-check" }, "Save my answers as a file");
    save.addEventListener("click", () => {
      const link = make("a", { href: URL.createObjectURL(new Blob([JSON.stringify(exportOf(data), null, 1)], { type: "application/json" })), download: `my-answers-${data.edition}.json` });
      document.body.append(link); link.click(); link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      said.textContent = "The file is in your downloads.";
    });
    const file = make("input", { type: "file", accept: ".json,application/json", id: "cbp-file", class: "cbq-hidden", tabindex: "-1", "aria-hidden": "true" });
    const open = make("button", { type: "button", class: "cbq-quiet" }, "Take in a saved file");
    open.addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      try { said.textContent = importInto(data, await file.files[0].text()); } catch (error) { said.textContent = error.message; }
      file.value = "";
      draw();
    });
    const clear = make("button", { type: "button", class: "cbq-quiet" }, "Clear everything");
    const sure = make("button", { type: "button", class: "cbq-quiet", hidden: true }, "Yes, clear all answers");
    clear.addEventListener("click", () => { sure.hidden = false; sure.focus(); said.textContent = "This removes the answers to all quizzes from this browser."; });
    sure.addEventListener("click", () => {
      for (const { quiz } of data.chapters) quizzes().browserStore(keyOf(data, quiz.quiz)).clear();
      doneStore(data).clear();
      sure.hidden = true; clear.focus();
      said.textContent = "Everything is cleared.";
      draw();
    });
    try { localStorage.getItem("x"); } catch { said.textContent = "This browser does not let the page keep or read anything, so there is no progress to show."; }
    draw();
    root.replaceChildren(make("div", { class: "cbq" }, body, make("p", { class: "cbq-buttons cbp-buttons" }, save, open, file, clear, sure), said));
    addEventListener("storage", draw);
  }

  globalThis.ClaimbookProgress = { exportOf, importInto };
  if (globalThis.customElements && !customElements.get("claim-progress"))
    customElements.define("claim-progress", class extends HTMLElement {
      connectedCallback() {
        // Both scripts load in any order and may run before the page is parsed: wait for both.
        const ready = () => this.querySelector("[data-end]") && quizzes();
        const wait = () => (ready() ? start(this) : setTimeout(wait, 20));
        if (this.querySelector("script")) wait(); else addEventListener("DOMContentLoaded", wait, { once: true });
      }
    });
})();
