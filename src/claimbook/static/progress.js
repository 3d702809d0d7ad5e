/* My progress: what this browser has kept of quizzes and exercises, per chapter and per objective.

   Quizzes: reads and writes the same places as quiz.js and uses its rules, so a stored "correct" is never
   believed: every answer is judged anew. Exercises: done in a notebook, which the reader opens here; what its
   checks said is read in the page. Files come from the reader's own machine and go there; nothing is sent.
   Whatever a file or the browser holds is checked for its shape and only ever set as text. */
(() => {
  "use strict";
  const FORMAT = "claimbook progress 2";
  const RESULT = "application/vnd.claimbook.result+json"; // display.py writes it into the output of a check
  const SAID = { correct: "✓ Correct", close: "≈ Close", wrong: "✗ Not right", "not attempted": "○ Not answered", recorded: "✎ Written" };
  const LARGEST = 20_000_000; // bytes of a file; a notebook with many pictures has less
  const quizzes = () => globalThis.ClaimbookQuiz;
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const own = (object, key) => (isObject(object) && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined);
  const list = (value) => (Array.isArray(value) ? value : []);
  const short = (value) => String(value).slice(0, 20);

  const keyOf = (data, number) => `${data.book}:${data.edition}:quiz:${number}`;
  const taskStore = (data) => quizzes().browserStore(`${data.book}:${data.edition}:exercises`);

  /* Of anything: what it says about tasks of this book, {"08": {"T8.1": "correct"}}. */
  function soundTasks(data, given) {
    const chapters = data.chapters.map(({ quiz, tasks }) => {
      const said = tasks.map(({ id }) => [id, own(own(given, quiz.quiz), id)]).filter(([, status]) => typeof status === "string" && own(SAID, status));
      return [quiz.quiz, Object.fromEntries(said)];
    });
    return Object.fromEntries(chapters.filter(([, said]) => Object.keys(said).length));
  }

  function exportOf(data) {
    const kept = {};
    for (const { quiz } of data.chapters) {
      const records = quizzes().browserStore(keyOf(data, quiz.quiz)).load();
      const sound = Object.fromEntries(quiz.items.map((item) => [item.id, quizzes().sound(records, item)]).filter(([, r]) => r.n));
      if (Object.keys(sound).length) kept[quiz.quiz] = sound;
    }
    return { format: FORMAT, book: data.book, edition: data.edition, quizzes: kept, exercises: soundTasks(data, taskStore(data).load()) };
  }

  const NO_KEEPING = "This browser does not let the page keep anything.";

  /* Takes a file in: an export of this page or a notebook. Returns what to tell the reader; throws an Error with a plain message. */
  function takeIn(data, text) {
    let given;
    try { given = JSON.parse(text); } catch { throw new Error("This file is no notebook (.ipynb) and no saved file of this page: it is not JSON."); }
    return isObject(given) && ("cells" in given || "nbformat" in given) ? takeNotebook(data, given) : importInto(data, given);
  }

  function importInto(data, given) {
    if (own(given, "book") !== data.book || !isObject(given.quizzes))
      throw new Error("This file is no export of this book's progress, and no notebook.");
    let taken = 0, stale = 0;
    for (const { quiz } of data.chapters) {
      const theirs = own(given.quizzes, quiz.quiz);
      if (!isObject(theirs)) continue;
      const store = quizzes().browserStore(keyOf(data, quiz.quiz));
      const before = store.load();
      const merged = {};
      for (const item of quiz.items) {
        const mine = quizzes().sound(before, item), other = quizzes().sound(theirs, item);
        if (other.n) taken += 1;
        else if (own(theirs, item.id) !== undefined) stale += 1;
        // Where both have an answer, the one with more tries is the later one.
        const kept = (other.n ?? 0) >= (mine.n ?? 0) ? other : mine;
        if (kept.n) merged[item.id] = kept;
      }
      if (Object.keys(merged).length && store.save(merged) === false) throw new Error(NO_KEEPING);
    }
    const same = given.edition === data.edition;
    const tasks = same ? soundTasks(data, given.exercises) : {};
    const count = Object.values(tasks).reduce((sum, said) => sum + Object.keys(said).length, 0);
    if (count) keepTasks(data, tasks);
    return `${taken} ${taken === 1 ? "answer was" : "answers were"} taken in${stale ? `, ${stale} of older questions left out` : ""}${count ? `; ${count} results of tasks as well` : ""}.`
      + (same ? "" : ` The file comes from edition ${short(given.edition)}: questions that have changed since, and results of exercises, are left out.`);
  }

  function keepTasks(data, tasks) {
    if (taskStore(data).save({ ...soundTasks(data, taskStore(data).load()), ...tasks }) === false) throw new Error(NO_KEEPING);
  }

  /* What the checks of a notebook said when it was last run, the last word on each task. */
  function takeNotebook(data, notebook) {
    const code = list(notebook.cells).filter((cell) => own(cell, "cell_type") === "code");
    if (!(notebook.nbformat >= 4) || !Array.isArray(notebook.cells)) throw new Error("This file is no notebook that this page can read: it has no cells.");
    const notes = code.flatMap((cell) => list(cell.outputs)).map((output) => own(own(output, "data"), RESULT)).filter(isObject);
    const checks = code.some((cell) => /^check-T\d+-\d+$/.test(own(own(own(cell, "metadata"), "nbgrader"), "grade_id") ?? ""));
    if (!notes.length && checks) throw new Error("No check in this notebook has been run and saved. Run all its cells, save it, and open it here again.");
    if (!notes.length) throw new Error("This notebook holds no exercise of this book.");
    const ours = notes.filter((note) => own(note, "book") === data.book);
    if (!ours.length) throw new Error("This is an exercise of another course.");
    const now = ours.filter((note) => own(note, "edition") === data.edition);
    if (!now.length) throw new Error(`This notebook was checked with edition ${short(own(ours[0], "edition"))} of the course; this book is edition ${data.edition}. Run it with this edition's package and open it here again.`);
    const said = Object.assign(Object.create(null), ...now.map((note) => (isObject(note.results) ? note.results : {})));
    const tasks = soundTasks(data, Object.fromEntries(data.chapters.map(({ quiz }) => [quiz.quiz, { ...said }])));
    if (!Object.keys(tasks).length) throw new Error("The checks in this notebook belong to no task of this book.");
    keepTasks(data, tasks);
    return Object.entries(tasks).map(([number, found]) => `Exercise ${number} was read: ${count(Object.values(found).map((status) => ({ status })), "done")} of ${tasksOf(data, number).length} tasks done.`).join(" ");
  }
  const tasksOf = (data, number) => data.chapters.find(({ quiz }) => quiz.quiz === number).tasks;
  const WHAT = {
    tried: (item) => item.tried, right: (item) => item.right, first: (item) => item.first,
    done: (task) => task.status === "correct" || task.status === "recorded",
  };
  const count = (items, what) => items.filter(WHAT[what]).length;

  function tally(data) {
    const kept = soundTasks(data, taskStore(data).load());
    return data.chapters.map((chapter) => {
      const stored = quizzes().browserStore(keyOf(data, chapter.quiz.quiz)).load();
      const items = chapter.quiz.items.map((item) => {
        const record = quizzes().sound(stored, item);
        return { objective: item.objective, tried: Boolean(record.n), right: "a" in record && quizzes().verdict(item, record.a).status === "correct", first: record.first === true };
      });
      const tasks = chapter.tasks.map((task) => ({ ...task, status: own(own(kept, chapter.quiz.quiz), task.id) }));
      return { chapter, items, tasks };
    });
  }

  function start(root) {
    const { make } = quizzes();
    const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
    const said = make("p", { role: "status", class: "cbp-said" });
    const body = make("div");
    const part = (items, what) => (items.length ? `${count(items, what)} of ${items.length}` : "none");
    const table = (name, head, rows) => make("div", { class: "cb-scroll", tabindex: "0", role: "group", "aria-label": name },
      make("table", { "aria-label": name },
        make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { scope: "col" }, words)))),
        make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell)))))));

    function draw() {
      const opened = [...body.querySelectorAll("details")].map((details) => details.open);
      const rows = tally(data);
      const items = rows.flatMap((row) => row.items), tasks = rows.flatMap((row) => row.tasks);
      const chapters = rows.map(({ chapter, items, tasks }) => [
        make("a", { href: chapter.link }, `${chapter.place} ${chapter.title}`), part(items, "tried"), part(items, "right"), part(items, "first"), part(tasks, "done"),
      ]);
      const goals = rows.flatMap(({ chapter, items, tasks }) => Object.entries(chapter.objectives).map(([id, words]) => {
        const here = (all) => all.filter((one) => one.objective === id);
        return [id, words, part(here(items), "right"), part(here(tasks), "done")];
      }));
      const said = tasks.filter((task) => task.status).map((task) => [task.id, task.title, SAID[task.status]]);
      body.replaceChildren(
        make("p", {}, `${count(items, "tried")} of ${items.length} questions answered, ${count(items, "right")} correct, ${count(items, "first")} at the first try. `
          + `${count(tasks, "done")} of ${tasks.length} tasks of exercises done.`),
        table("Progress by chapter", ["Chapter", "Questions answered", "Correct", "First try", "Tasks done"], chapters),
        make("details", {}, make("summary", {}, "By objective"), table("Progress by objective", ["Objective", "A reader can", "Questions correct", "Tasks done"], goals)),
        make("details", {}, make("summary", {}, "Task by task"), said.length
          ? table("Exercises, task by task", ["Task", "What it asks", "What the check said"], said)
          : make("p", {}, "No exercise has been read yet: open its notebook with the button below.")));
      body.querySelectorAll("details").forEach((details, n) => { details.open = opened[n] ?? false; });
    }

    const save = make("button", { type: "button", class: "cbq-check" }, "Save my progress as a file");
    save.addEventListener("click", () => {
      const link = make("a", { href: URL.createObjectURL(new Blob([JSON.stringify(exportOf(data), null, 1)], { type: "application/json" })), download: `my-progress-${data.edition}.json` });
      document.body.append(link); link.click(); link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      said.textContent = "The file is in your downloads.";
    });
    /* A button that lets the reader choose files of a kind; the native field, which can't be styled, is hidden from all. */
    function opener(words, accept, id) {
      const file = make("input", { type: "file", accept, id, multiple: true, class: "cbq-hidden", tabindex: "-1", "aria-hidden": "true" });
      const button = make("button", { type: "button", class: "cbq-quiet" }, words);
      button.addEventListener("click", () => file.click());
      file.addEventListener("change", async () => {
        const messages = [];
        for (const one of file.files) {
          try {
            if (one.size > LARGEST) throw new Error("This file is larger than 20 MB. Clear its outputs, run it again, and save it.");
            messages.push(takeIn(data, await one.text()));
          } catch (error) { messages.push(file.files.length > 1 ? `${one.name}: ${error.message}` : error.message); }
        }
        file.value = "";
        draw();
        said.textContent = messages.join(" ");
      });
      return [button, file];
    }
    const notebooks = opener("Open exercise notebooks", ".ipynb", "cbp-notebooks");
    const saved = opener("Take in a saved file", ".json,application/json", "cbp-file");
    const clear = make("button", { type: "button", class: "cbq-quiet" }, "Clear everything");
    const sure = make("button", { type: "button", class: "cbq-quiet", hidden: true }, "Yes, clear everything");
    clear.addEventListener("click", () => { sure.hidden = false; sure.focus(); said.textContent = "This removes the answers to all quizzes and the results of all exercises from this browser. Your notebooks stay as they are."; });
    sure.addEventListener("click", () => {
      for (const { quiz } of data.chapters) quizzes().browserStore(keyOf(data, quiz.quiz)).clear();
      taskStore(data).clear();
      sure.hidden = true; clear.focus();
      said.textContent = "Everything is cleared.";
      draw();
    });
    try { localStorage.getItem("x"); } catch { said.textContent = "This browser does not let the page keep or read anything, so there is no progress to show."; }
    draw();
    root.replaceChildren(make("div", { class: "cbq" }, body, make("p", { class: "cbq-buttons cbp-buttons" }, save, ...notebooks, ...saved, clear, sure), said));
    addEventListener("storage", draw);
  }

  globalThis.ClaimbookProgress = { exportOf, takeIn };
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
