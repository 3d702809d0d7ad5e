/* The search page: excerpts of what was found. Loaded after Sphinx's searchtools.js, whose objects these are. */
(() => {
  "use strict";
  // Excerpts are read from the pages. A browser refuses that for pages opened as files, once for each result.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // Sphinx reads all of the theme's main part, so every excerpt would begin with its buttons: ".ipynb .pdf Contents".
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".headerlink, .cb-open, script, style, sup, svg").forEach((part) => part.remove());
    const article = page.querySelector("article.bd-article");
    return ((anchor && article?.querySelector(anchor)) || article)?.textContent ?? "";
  };
})();
