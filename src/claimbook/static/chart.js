/* Live charts: <claim-chart> offers the view behind a figure's drawing, and loads Vega when it is asked for.

   A classic script, which also loads from file://. The specification stands in the element as JSON; vega.js lies
   beside this file. The live view is one thing with one name for screen readers; what its marks say stands in a
   line below it, for pointer, finger and arrow keys alike, and is read aloud. */
(() => {
  "use strict";

  const VEGA = new URL("vega.js", document.currentScript.src).href;
  const SIZE = document.currentScript.dataset.kb;
  const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  const element = (name, properties) => Object.assign(document.createElement(name), properties);
  const values = (said) => (said && typeof said === "object" ? Object.entries(said).map((pair) => pair.join(": ")).join(" · ") : String(said));

  let loading; // one request for all charts of a page; after a failure the next click tries again
  function loadVega() {
    loading ??= new Promise((done, failed) => {
      const script = element("script", { src: VEGA, onload: done, onerror: failed });
      document.head.append(script);
    }).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  /* Marks that say something, in the order in which they are drawn. */
  function marks(item, found = []) {
    if (item.tooltip != null && item.bounds && item._svg) found.push(item);
    for (const child of item.items ?? []) marks(child, found);
    return found;
  }

  class ClaimChart extends HTMLElement {
    connectedCallback() {
      if (this.button) return;
      const { alt, spec } = JSON.parse(this.querySelector("script").textContent);
      this.spec = spec;
      this.drawing = this.previousElementSibling;
      this.button = element("button", { type: "button", className: "cbc-button", textContent: "Explore this chart" });
      this.button.addEventListener("click", () => (this.view ? this.close() : this.explore()));
      this.note = element("span", { className: "cbc-note", textContent: `loads about ${SIZE} kB from this site, once` });
      this.inputs = element("div", { className: "cbc-inputs", hidden: true });
      this.live = element("div", { className: "cb-drawing cbc-live", tabIndex: 0, hidden: true });
      this.live.setAttribute("role", "application");
      this.live.setAttribute("aria-roledescription", "interactive chart");
      this.live.setAttribute("aria-label", alt);
      this.live.addEventListener("keydown", (event) => this.step(event));
      this.said = element("p", { className: "cbc-said" });
      this.said.setAttribute("role", "status");
      const bar = element("div", { className: "cbc-bar" }); // the button first: it stays in its place, and the inputs follow it
      bar.append(this.button, this.note, this.inputs);
      this.append(this.live, bar, this.said);
    }

    async explore() {
      this.said.textContent = window.claimbookVega ? "" : "Loading …";
      try {
        await loadVega();
        const { parse, View, expressionInterpreter } = window.claimbookVega;
        const view = new View(parse(this.spec, {}, { ast: true }), { expr: expressionInterpreter, renderer: "svg" });
        view.tooltip((handler, event, item, said) => this.tell(said ? item : null));
        view.addEventListener("click", (event, item) => this.tell(item)); // a finger doesn't hover
        const place = element("div", { ariaHidden: "true" }); // its name and what it tells stand around it
        this.live.replaceChildren(place);
        await view.initialize(place, this.inputs).runAsync();
        this.view = view;
      } catch {
        this.said.textContent = "The interactive chart could not be loaded. The drawing above and the table below stay as they are.";
        return;
      }
      this.inputs.onchange = () => this.changed(); // Vega hears the input itself, and so first
      this.show(true);
      this.said.textContent = `Interactive chart loaded. ${this.hint()}`;
    }

    close() {
      this.view.finalize();
      this.view = this.at = undefined;
      this.live.replaceChildren();
      this.inputs.replaceChildren();
      this.show(false);
      this.said.textContent = "";
    }

    show(live) {
      this.drawing.hidden = live;
      this.live.hidden = !live;
      this.inputs.hidden = !live || !this.inputs.querySelector("input, select");
      for (const note of document.querySelectorAll(".cbc-note")) note.hidden = true; // it is loaded, for all charts
      this.button.textContent = live ? "Back to the drawing" : "Explore this chart";
    }

    marks() {
      return marks(this.view.scenegraph().root);
    }

    hint() {
      return this.marks().length ? "Point at a mark, or choose the chart and press the arrow keys, to read values." : "";
    }

    async changed() {
      this.at = undefined;
      await this.view.runAsync();
      const count = this.marks().length;
      this.said.textContent = `The chart has changed${count ? `; it shows ${count} ${count === 1 ? "mark" : "marks"}` : ""}.`;
    }

    step(event) {
      const all = this.marks();
      if (!(event.key in KEYS) || !all.length || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.at = this.at === undefined ? (KEYS[event.key] > 0 ? 0 : all.length - 1) : (this.at + KEYS[event.key] + all.length) % all.length;
      this.tell(all[this.at]);
      all[this.at]._svg.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    tell(item) {
      this.live.querySelector(".cbc-here")?.classList.remove("cbc-here");
      if (item?.tooltip == null || !item._svg) return; // what was read stays, so that it can be read to the end
      item._svg.classList.add("cbc-here");
      this.said.textContent = values(item.tooltip);
    }
  }

  const define = () => customElements.define("claim-chart", ClaimChart);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", define); // its content must be there
  else define();
})();
