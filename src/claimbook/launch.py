"""Ways to open an exercise from its page: in the browser, on servers that the instructor names, or as a file.

Written here and not by the theme's launch buttons: those are icons in a menu on every notebook page, and say
neither what is loaded from where nor what Colab needs first. `_config.yml` (`claimbook_launch`) names the
course's repository; while it is empty no server is offered.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote, urlencode

from claimbook.content import ContentError

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
SETTINGS = {"repository": "", "branch": "main", "jupyterhub": ""}


def servers(settings: dict, slug: str) -> dict[str, str]:
    """Servers that can open an exercise, with the address that does.

    Args:
        settings: `claimbook_launch` of `_config.yml`: `repository` (address of the course's git repository),
            `branch`, `jupyterhub` (address of a JupyterHub with nbgitpuller). All may be empty.
        slug: `"08-the-warrant"`.

    Raises:
        ContentError: an unknown setting, or one that is no address.
    """
    if unknown := set(settings) - set(SETTINGS):
        raise ContentError(f"_config.yml, claimbook_launch: unknown {sorted(unknown)}. Known: {list(SETTINGS)}.")
    settings = {**SETTINGS, **{name: str(value or "").strip().rstrip("/") for name, value in settings.items()}}
    repository, branch, hub = (
        settings["repository"].removesuffix(".git"),
        settings["branch"] or "main",
        settings["jupyterhub"],
    )
    for name, value in (("repository", repository), ("jupyterhub", hub)):
        if value and not re.fullmatch(r"https?://[^\s/\"'<>]+(/[^\s\"'<>]*)?", value):
            raise ContentError(
                f"_config.yml, claimbook_launch: {name} is {value!r}. Give a whole address, such as "
                f"{'https://github.com/NAME/REPOSITORY' if name == 'repository' else 'https://hub.example.org'}."
            )
    if hub and not repository:
        raise ContentError(
            "_config.yml, claimbook_launch: a JupyterHub gets the course from its repository. Name it too."
        )
    if not repository:
        return {}
    path, quoted = f"exercises/{slug}.ipynb", quote(branch, safe="")
    github = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", repository)
    where = f"gh/{github[1]}" if github else f"git/{quote(repository, safe='')}"
    found = {"Binder": f"{BINDER}/v2/{where}/{quoted}?urlpath=lab/tree/{path}"}
    if github:  # Colab opens notebooks from GitHub, and from no other host of repositories
        found["Colab"] = f"{COLAB}/github/{github[1]}/blob/{quoted}/{path}"
    if hub:
        folder = repository.rsplit("/", 1)[1]
        query = urlencode({"repo": repository, "branch": branch, "urlpath": f"lab/tree/{folder}/{path}"}, safe="/")
        found["JupyterHub"] = f"{hub}/hub/user-redirect/git-pull?{query}"
    return found


def install_line(settings: dict) -> str:
    """The cell that installs the course in a notebook whose server has not got it (Colab)."""
    repository = str(settings["repository"]).strip().rstrip("/").removesuffix(".git")
    return f'%pip install -q "claimbook @ git+{repository}@{settings.get("branch") or "main"}"'


def ways_to_open(slug: str, settings: dict, lite: dict | None, top: str, guide: str = "") -> str:
    """HTML for the head of an exercise's page. The notebook itself is always offered: without it a page of
    code cells leaves a reader wondering where to type.

    Args:
        slug: the exercise.
        settings: `claimbook_launch` of `_config.yml`.
        lite: what `claimbook.lite.build` tells of the site beside the book; None if there is none.
        top: address of the book's top folder, seen from the page.
        guide: address of the page that compares the ways, seen from the page; empty if the course has none.
    """
    links, notes = [], []
    if lite:
        address = f"{top}lite/notebooks/index.html?path={slug}.ipynb"
        links.append(_link(address, "Run in the browser", main=True))
        if "host" in lite:
            source = (
                f"loads Python (more than 7 MB) and pandas on top of it from {lite['host']}. That is the one thing in this book that "
                "comes from another host, and nothing of it is loaded before you click."
            )
        else:
            source = f"loads Python, {lite['megabytes']} MB, from this site. Nothing of it is loaded before you click."
        notes.append(f"<b>Run in the browser</b> {source} No account, and your answers stay in your browser.")
    offered = servers(settings, slug)
    links += [_link(address, name) for name, address in offered.items()]
    if offered:
        names = list(offered)
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        notes.append(f"{listed} {'runs' if len(names) == 1 else 'run'} the notebook on a server of others.")
    if "Colab" in offered:
        notes.append(f"In Colab, run this in a new first cell: <code>{html.escape(install_line(settings))}</code>")
    links.append(
        f'<a class="cb-way" href="{top}_sources/exercises/{slug}.ipynb" download aria-describedby="cb-open-note">'
        "Download the notebook</a>"
    )
    notes.append(
        f"{'Or download it' if notes else 'Download it'}, and open it in JupyterLab or VS Code with the course beside it."
    )
    if guide:
        notes.append(f'<a href="{guide}">All ways to open it</a>')
    return (
        '<nav class="cb-open" aria-label="Ways to open this exercise">'
        f'<p class="cb-ways">{" ".join(links)}</p><p class="cb-note" id="cb-open-note">{" ".join(notes)}</p></nav>'
    )


def _link(address: str, name: str, main: bool = False) -> str:
    kind = "cb-way cb-way-main" if main else "cb-way"
    return (
        f'<a class="{kind}" href="{html.escape(address)}" target="_blank" rel="noopener" aria-describedby="cb-open-note">{name}'
        '<span class="visually-hidden"> (opens in a new tab)</span></a>'
    )
