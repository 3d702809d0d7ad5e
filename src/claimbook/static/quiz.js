/* Quizzes in the page and in JupyterLab.

   One file for both: a classic script that defines <claim-quiz> in the built book (it also loads from
   file://, where modules do not), and, with one export line added by widgets.py, the ES module of an
   anywidget. No network, no library. The rules of `verdict` are those of claimbook/verdicts.py; a test
   compares the two over all answers. HTML in the data is rendered by us from Markdown without raw HTML;
   what a learner typed or stored is only ever set as text or value. */
(() => {
  "use strict";

  // ------------------------------------------------------------------ verdicts (pure; see verdicts.py)

  const SPACES = " \\t\\n\\r\\f\\v\\u00a0\\u2009\\u202f";
  const OUTER = SPACES + ".,;:!?\"'“”‘’«»()\\[\\]";
  const NO_NUMBER = "Write a number, such as 48 or 26.3.";
  const message = (part, status, why) => ({ part, status, why });
  const open = (why) => ({ status: "not attempted", messages: [message("", "not attempted", why)] });
  const right = (flag) => (flag ? "correct" : "wrong");
  const isIndex = (n, size) => Number.isInteger(n) && n >= 0 && n < size;
  const judged = (status, messages) => ({ status, messages });
  const letters = (text) => [...text].length; // as Python counts them

  function missed(item, what) {
    const advice = item.hint ? "Read the question once more; the hint may help." : "Read the question once more.";
    return judged("wrong", [message("", "wrong", `Not this ${what}. ${advice}`)]);
  }

  function parseNumber(text) {
    if (typeof text !== "string" || letters(text) > 200) return NO_NUMBER;
    let plain = text.normalize("NFKC").replace(/\u2212/g, "-").replace(new RegExp(`[${SPACES}'’_%]`, "g"), "");
    if (letters(plain) > 40) return NO_NUMBER;
    if (/^[+-]?[0-9]{1,3},[0-9]{3}$/.test(plain))
      return "A comma can mean two things here. Write the number without a separator for thousands, or with a decimal point.";
    if (/^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$/.test(plain)) plain = plain.replace(/,/g, "");
    else if (/^[+-]?[0-9]+,[0-9]+$/.test(plain)) plain = plain.replace(",", ".");
    return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(plain) ? Number(plain) : NO_NUMBER;
  }

  function withoutUnit(answer, unit) {
    if (typeof answer !== "string" || !unit || letters(answer) > 200) return answer;
    const plain = (text) => text.normalize("NFKC").toLowerCase().replace(new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g"), "");
    const [given, end] = [plain(answer), plain(unit)];
    return given.endsWith(end) ? given.slice(0, given.length - end.length) : given;
  }

  function normalText(text) {
    const plain = text.normalize("NFKC").toLowerCase().replace(new RegExp(`[${SPACES}]+`, "g"), " ");
    return plain.replace(new RegExp(`^[${OUTER}]+|[${OUTER}]+$`, "g"), "");
  }

  const RULES = {
    single(item, answer) {
      if (!isIndex(answer, item.options.length)) return open("Choose one option.");
      const { correct, why } = item.options[answer];
      return judged(right(correct), [message(String(answer), right(correct), why)]);
    },

    multiple(item, answer) {
      if (!Array.isArray(answer) || !answer.length || !answer.every((n) => isIndex(n, item.options.length)))
        return open("Choose one option or several.");
      const chosen = [...new Set(answer)].sort((a, b) => a - b);
      const wanted = item.options.flatMap((option, n) => (option.correct ? [n] : []));
      const messages = chosen.map((n) => message(String(n), right(wanted.includes(n)), item.options[n].why));
      if (String(chosen) === String(wanted)) return judged("correct", messages);
      if (chosen.every((n) => wanted.includes(n)))
        return judged("close", [...messages, message("", "close", "Right so far, but not yet all.")]);
      return judged("wrong", messages);
    },

    number(item, answer) {
      const value = parseNumber(withoutUnit(answer, item.unit));
      if (typeof value === "string") return open(value);
      const near = (key) => Math.abs(value - key.value) <= key.tolerance + 1e-9;
      if (near({ value: item.answer, tolerance: item.tolerance })) return judged("correct", [message("", "correct", item.why)]);
      const miss = item.near.find(near);
      if (miss) return judged("close", [message("", "close", miss.why)]);
      return missed(item, "number");
    },

    text(item, answer) {
      if (typeof answer !== "string" || letters(answer) > 200 || !normalText(answer)) return open("Write a word or a short phrase.");
      const given = normalText(answer);
      if (item.accept.includes(given)) return judged("correct", [message("", "correct", item.why)]);
      const miss = item.near.find((near) => near.accept.includes(given));
      if (miss) return judged("close", [message("", "close", miss.why)]);
      return missed(item, "word");
    },

    order(item, answer) {
      const size = item.items.length;
      if (!Array.isArray(answer) || !answer.every((n) => isIndex(n, size)) || answer.length !== size || new Set(answer).size !== size)
        return open("Put all lines in order.");
      const messages = answer.map((n, place) =>
        message(String(n), right(n === place), n === place ? item.items[n].why : "Not at this place."));
      const swaps = answer.flatMap((a, place) => answer.slice(place + 1).filter((b) => a > b)).length;
      if (!swaps) return judged("correct", [...messages, message("", "correct", item.why)]);
      if (swaps === 1) return judged("close", [...messages, message("", "close", "Two neighbours have to change places.")]);
      return judged("wrong", messages);
    },

    match(item, answer) {
      const size = item.pairs.length;
      const form = Array.isArray(answer) && answer.length === size && answer.every((n) => n === null || isIndex(n, item.rights.length));
      if (!form || answer.every((n) => n === null)) return open("Choose a partner for each line.");
      const messages = answer.map((chosen, line) => {
        if (chosen === null) return message(String(line), "not attempted", "No partner chosen yet.");
        if (chosen === line) return message(String(line), "correct", item.pairs[line].why);
        return message(String(line), "wrong", chosen >= size ? item.extra[chosen - size] : "This partner belongs to another line.");
      });
      const hits = messages.filter((m) => m.status === "correct").length;
      if (hits === size) return judged("correct", messages);
      return judged(hits * 2 >= size && size - hits <= 2 ? "close" : "wrong", messages);
    },

    sentence(item, answer) {
      const ids = item.passage.map((s) => s.id);
      if (!Array.isArray(answer) || !answer.length || !answer.every((s) => typeof s === "string" && ids.includes(s)))
        return open("Choose a sentence in the passage.");
      const chosen = item.passage.filter((s) => answer.includes(s.id));
      const messages = chosen.map((s) => message(s.id, right(s.correct), s.why));
      const wanted = item.passage.filter((s) => s.correct);
      if (chosen.every((s) => s.correct))
        return chosen.length === wanted.length ? judged("correct", messages)
          : judged("close", [...messages, message("", "close", "Right so far, but not yet all.")]);
      return judged("wrong", messages);
    },
  };

  const verdict = (item, answer) => RULES[item.kind](item, answer);

  // ------------------------------------------------------------------ small helpers for the page

  const SYMBOL = { correct: "✓", close: "≈", wrong: "✗", "not attempted": "○" };
  const WORD = { correct: "Correct", close: "Close", wrong: "Not right", "not attempted": "Not answered yet" };

  /* Element with attributes, text and children. Whatever can have the focus is marked so that JupyterLab leaves its keys alone. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "html") element.innerHTML = value;
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    if (["INPUT", "SELECT", "BUTTON", "SUMMARY"].includes(element.tagName) || "tabindex" in attributes)
      element.setAttribute("data-lm-suppress-shortcuts", "true");
    element.append(...children);
    return element;
  }

  let serial = 0;
  const fresh = (stem) => `cbq-${stem}-${++serial}`;
  const strip = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;
  const unseen = (text) => make("span", { class: "cbq-hidden" }, text);
  const symbol = (status) => make("span", { class: "cbq-symbol", "aria-hidden": "true" }, SYMBOL[status]);

  /* What a part of an item is called: options have letters, lines have numbers, sentences their ids. */
  const LETTERS = "ABCDEFGH";
  const tag = (text) => make("b", { class: "cbq-tag" }, text);

  // ------------------------------------------------------------------ controls: one function a kind

  /* Each returns {body, read(), write(answer)}: the controls, how to read an answer from them, how to put one in. */
  const CONTROLS = {
    single: (item, group) => choice(item, group, "radio"),
    multiple: (item, group) => choice(item, group, "checkbox"),

    number(item, group) {
      const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 40, name: group, class: "cbq-field", "aria-label": item.unit ? `Your answer, in ${item.unit}` : "Your answer" });
      return { body: [make("p", { class: "cbq-line" }, input, item.unit ? ` ${item.unit}` : "")], read: () => input.value, write: (a) => { input.value = typeof a === "string" ? a : ""; } };
    },

    text(item, group) {
      const input = make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 200, name: group, class: "cbq-field cbq-wide", "aria-label": "Your answer" });
      return { body: [make("p", { class: "cbq-line" }, input)], read: () => input.value, write: (a) => { input.value = typeof a === "string" ? a : ""; } };
    },

    order(item) {
      const list = make("ol", { class: "cbq-order", role: "list" });
      const live = make("span", { class: "cbq-hidden", "aria-live": "polite" });
      let order = [...item.shown];
      function move(n, step) {
        const place = order.indexOf(n), other = place + step;
        if (other < 0 || other >= order.length) return;
        [order[place], order[other]] = [order[other], order[place]];
        draw();
        const buttons = list.children[other].querySelectorAll("button");
        const wanted = buttons[step < 0 ? 0 : 1];
        (wanted.disabled ? buttons[step < 0 ? 1 : 0] : wanted).focus();
        live.textContent = `${strip(item.items[n].text)} Place ${other + 1} of ${order.length}.`;
        list.dispatchEvent(new Event("input", { bubbles: true }));
      }
      function draw() {
        list.replaceChildren(...order.map((n, place) => {
          const name = strip(item.items[n].text);
          const up = make("button", { type: "button", "aria-label": `Move up: ${name}`, disabled: place === 0 }, "↑");
          const down = make("button", { type: "button", "aria-label": `Move down: ${name}`, disabled: place === order.length - 1 }, "↓");
          up.onclick = () => move(n, -1);
          down.onclick = () => move(n, 1);
          return make("li", { "data-part": n }, tag(String(place + 1)), make("span", { class: "cbq-text", html: item.items[n].text }), make("span", { class: "cbq-moves" }, up, down));
        }));
      }
      draw();
      return {
        body: [list, live],
        read: () => [...order],
        write(a) { order = RULES.order(item, a).status === "not attempted" ? [...item.shown] : [...a]; draw(); },
      };
    },

    match(item) {
      const roomy = item.rights.some((text) => text.length > 34); // too long to stand beside the lines
      const selects = item.pairs.map(() => make("select", {}, make("option", { value: "" }, "Choose…"),
        ...item.shown.map((n) => make("option", { value: n }, item.rights[n]))));
      const rows = item.pairs.map((pair, n) => {
        const id = fresh("match");
        selects[n].id = id;
        return make("li", { "data-part": n }, make("label", { for: id }, tag(String(n + 1)), make("span", { class: "cbq-text", html: pair.left })), selects[n]);
      });
      return {
        body: [make("ul", { class: roomy ? "cbq-match cbq-roomy" : "cbq-match", role: "list" }, ...rows)],
        read: () => selects.map((s) => (s.value === "" ? null : Number(s.value))),
        write: (a) => selects.forEach((s, n) => { s.value = Array.isArray(a) && isIndex(a[n], item.rights.length) ? String(a[n]) : ""; }),
      };
    },

    sentence(item, group) {
      const one = item.passage.filter((s) => s.correct).length === 1;
      const inputs = item.passage.map((s) => make("input", { type: one ? "radio" : "checkbox", name: group, value: s.id }));
      const passage = item.passage.map((s, n) =>
        make("span", { class: "cbq-said", "data-part": s.id }, make("label", {}, inputs[n], tag(s.id), " ", make("span", { class: "cbq-text", html: s.text })), " "));
      return {
        body: [make("div", { class: "cbq-passage", lang: "en" }, ...passage)],
        read: () => inputs.filter((i) => i.checked).map((i) => i.value),
        write: (a) => inputs.forEach((i) => { i.checked = Array.isArray(a) && a.includes(i.value); }),
      };
    },
  };

  function choice(item, group, type) {
    const inputs = item.options.map((_, n) => make("input", { type, name: group, value: n }));
    const rows = item.options.map((option, n) => make("li", { "data-part": n },
      make("label", {}, inputs[n], tag(LETTERS[n]), make("span", { class: "cbq-text", html: option.text }))));
    const checked = () => inputs.flatMap((input, n) => (input.checked ? [n] : []));
    return {
      body: [make("ul", { class: "cbq-options", role: "list" }, ...rows)],
      read: () => (type === "radio" ? checked()[0] ?? null : checked()),
      write: (a) => inputs.forEach((input, n) => { input.checked = type === "radio" ? a === n : Array.isArray(a) && a.includes(n); }),
    };
  }

  /* Everything there is to say about an item: [status, name as HTML, reason] of each option, line or sentence. */
  function reasons(item) {
    const named = (name, text) => `${name}. ${text}`;
    const partner = (n) => `${make("i", {}, item.rights[n]).innerHTML}.`;
    if (item.options) return item.options.map((o, n) => [right(o.correct), named(LETTERS[n], o.text), o.why]);
    if (item.passage) return item.passage.map((s) => [right(s.correct), s.id, s.why]);
    if (item.items) return [...item.items.map((s, n) => ["correct", named(n + 1, s.text), s.why]), ["correct", "", item.why]];
    if (item.pairs) return [
      ...item.pairs.map((p, n) => ["correct", `${named(n + 1, p.left)} → ${partner(n)}`, p.why]),
      ...item.extra.map((why, n) => ["wrong", partner(item.pairs.length + n), why]),
    ];
    return [["correct", item.say, item.why], ...item.near.map((near) => ["close", near.say, near.why])];
  }

  /* Name of the part that a message is about, in the learner's answer. */
  function partName(item, part, place) {
    if (item.options) return LETTERS[part];
    return item.passage ? part : String(item.items ? place + 1 : Number(part) + 1);
  }

  // ------------------------------------------------------------------ one item, one quiz

  function itemForm(item, number, record, changed) {
    const group = fresh("group");
    const controls = CONTROLS[item.kind](item, group);
    const button = (text, attributes) => make("button", { class: "cbq-quiet", type: "button", ...attributes }, text, unseen(`, question ${number}`));
    const status = make("div", { class: "cbq-feedback", role: "status", tabindex: -1 });
    const check = button("Check answer", { class: "cbq-check", type: "submit" });
    const reveal = button("Show the answer", { hidden: true });
    const again = button("Try again", { hidden: true });
    const more = item.more ? [make("div", { class: "cbq-more", id: fresh("more"), html: item.more })] : [];
    const legend = make("legend", {}, make("span", { class: "cbq-number" }, unseen("Question "), String(number), " "), make("span", { html: item.stem }));
    const hint = item.hint ? [make("details", { class: "cbq-hint" }, make("summary", {}, "Hint"), make("p", { html: item.hint }))] : [];
    const fields = make("fieldset", { "aria-describedby": more.length ? more[0].id : null }, legend, ...more, ...controls.body);
    const form = make("form", { class: "cbq-item", id: item.id.toLowerCase().replace(".", "-"), "data-item": item.id, novalidate: true },
      fields, ...hint, make("p", { class: "cbq-buttons" }, check, reveal, again), status);

    function mark(result) {
      form.dataset.status = result ? result.status : "";
      delete form.dataset.stale;
      for (const part of form.querySelectorAll("[data-part]")) {
        const said = result && result.messages.find((m) => m.part !== "" && m.part === part.dataset.part);
        part.dataset.mark = said ? said.status : "";
      }
    }

    function row(kind, name, text) {
      return make("li", { "data-mark": kind }, symbol(kind), " ", make("span", {}, unseen(`${WORD[kind]}: `), make("span", { html: (name ? `<b>${name}</b> ` : "") + text })));
    }
    const explainAll = () => make("ul", { class: "cbq-reasons", role: "list" }, ...reasons(item).map(([kind, name, why]) => row(kind, name, why)));

    function show(result) {
      mark(result);
      const parts = result.messages.filter((m) => m.part !== "");
      const whole = result.messages.filter((m) => m.part === "").map((m) => make("p", { html: m.why }));
      const lines = parts.length > 1
        ? [make("ul", { class: "cbq-reasons", role: "list" }, ...parts.map((m, place) => row(m.status, `${partName(item, m.part, place)}.`, m.why)))]
        : parts.map((m) => make("p", { html: m.why }));
      status.replaceChildren(make("p", { class: "cbq-verdict" }, symbol(result.status), ` ${WORD[result.status]}.`), ...lines, ...whole);
      if (result.status === "correct" && (item.options ?? item.passage ?? item.near ?? item.extra ?? []).length) // else all has been said
        status.append(make("details", {}, make("summary", {}, "All reasons"), explainAll()));
      reveal.hidden = result.status === "correct" || (record.n ?? 0) < 2 || record.shown === true;
      again.hidden = result.status === "not attempted";
    }

    function showAnswer() {
      mark(null);
      status.replaceChildren(make("p", { class: "cbq-verdict" }, "The answer, with its reasons."), explainAll());
      reveal.hidden = true;
      again.hidden = false;
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = controls.read();
      const result = verdict(item, answer);
      if (result.status !== "not attempted") {
        record.n = (record.n ?? 0) + 1;
        if (record.n === 1) record.first = result.status === "correct";
        Object.assign(record, { a: answer, h: item.hash, shown: false });
      }
      show(result);
      changed();
    });
    // By itself Enter in a field submits its form; JupyterLab takes that away.
    fields.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target.type !== "text") return;
      event.preventDefault();
      form.requestSubmit(check);
    });
    // What is said stays readable while the answer is changed, but no longer looks like a verdict on it.
    fields.addEventListener("input", () => {
      if (!form.dataset.status) return;
      mark(null);
      form.dataset.stale = "";
    });
    reveal.addEventListener("click", () => {
      record.shown = true;
      showAnswer();
      status.focus();
      changed();
    });
    again.addEventListener("click", () => {
      delete record.a;
      record.shown = false;
      clear(false);
      (fields.querySelector("input, select, button:not([disabled])") ?? check).focus();
      changed();
    });

    function clear(all) {
      if (all) for (const key of Object.keys(record)) delete record[key];
      controls.write(undefined);
      mark(null);
      status.replaceChildren();
      reveal.hidden = again.hidden = true;
    }

    if ("a" in record) controls.write(record.a);
    if (record.shown) showAnswer();
    else if ("a" in record) show(verdict(item, record.a));
    return { form, clear };
  }

  /* Only what has the right shape and belongs to the item as it is; anything else a browser or file holds is dropped. */
  function sound(stored, item) {
    const r = stored && typeof stored === "object" && Object.prototype.hasOwnProperty.call(stored, item.id) ? stored[item.id] : null;
    if (!r || typeof r !== "object" || r.h !== item.hash || !Number.isInteger(r.n) || r.n < 1) return {};
    const kept = { h: r.h, n: r.n, first: r.first === true, shown: r.shown === true };
    return verdict(item, r.a).status === "not attempted" ? kept : { ...kept, a: r.a };
  }

  /* Put a quiz into `root`. `store` has load() -> object and save(object) -> true if kept. */
  function mount(root, data, store) {
    const stored = store.load();
    const records = Object.fromEntries(data.items.map((item) => [item.id, sound(stored, item)]));
    const progress = make("p", { class: "cbq-progress" });
    const note = make("p", { class: "cbq-note", hidden: true }, "This browser keeps nothing for this page: your answers last until you leave it.");
    const clear = make("button", { type: "button", class: "cbq-quiet" }, "Clear my answers");

    function count() {
      const all = Object.values(records);
      const first = all.filter((r) => r.first).length;
      const done = data.items.filter((item) => verdict(item, records[item.id].a).status === "correct").length;
      progress.textContent = `${all.filter((r) => "a" in r).length} of ${all.length} answered, ${done} correct, ${first} at the first try.`;
    }
    function changed() {
      count();
      const kept = store.save(Object.fromEntries(Object.entries(records).filter(([, r]) => r.n)));
      note.hidden = kept !== false;
      root.dispatchEvent(new CustomEvent("claimbook:change", { bubbles: true, detail: { quiz: data.quiz } }));
    }

    const forms = data.items.map((item, n) => itemForm(item, n + 1, records[item.id], changed));
    clear.addEventListener("click", () => {
      for (const { clear: empty } of forms) empty(true);
      changed();
      progress.textContent = `All answers of this quiz are cleared. ${progress.textContent}`;
      progress.setAttribute("role", "status");
    });
    count();
    root.replaceChildren(make("div", { class: "cbq", role: "group", "aria-label": `Quiz: ${data.title}` },
      ...forms.map(({ form }) => form), make("div", { class: "cbq-foot" }, progress, note, clear)));
  }

  // ------------------------------------------------------------------ the page

  function browserStore(key) {
    return {
      load() {
        try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
      },
      save(records) {
        try { localStorage.setItem(key, JSON.stringify(records)); return true; } catch { return false; }
      },
      clear() {
        try { localStorage.removeItem(key); } catch { /* nothing is kept, so nothing is left */ }
      },
    };
  }

  function define() {
    customElements.define("claim-quiz", class extends HTMLElement {
      connectedCallback() {
        // The script may run while the page is still being parsed: wait until our last child is there.
        if (this.querySelector("[data-end]")) return this.start();
        const watch = new MutationObserver(() => {
          if (this.querySelector("[data-end]")) { watch.disconnect(); this.start(); }
        });
        watch.observe(this, { childList: true });
      }
      start() {
        const script = this.querySelector('script[type="application/json"]');
        if (!script) return; // already started
        const data = JSON.parse(script.textContent);
        mount(this, data, browserStore(`${data.book}:${data.edition}:quiz:${data.quiz}`));
        if (location.hash) this.querySelector(`.cbq-item[id="${CSS.escape(location.hash.slice(1))}"]`)?.scrollIntoView();
      }
    });
  }

  /* anywidget: the same quiz, with the answers kept in the notebook's kernel. */
  function render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    mount(root, model.get("quiz"), {
      load: () => model.get("answers"),
      save(records) { model.set("answers", JSON.parse(JSON.stringify(records))); model.save_changes(); return true; },
    });
  }

  globalThis.ClaimbookQuiz = { verdict, parseNumber, normalText, mount, render, make, sound, browserStore };
  if (globalThis.customElements && !customElements.get("claim-quiz")) define();
})();
