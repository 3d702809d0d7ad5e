"""Charts that a reader can question: the live view behind a figure's drawing.

A Vega-Lite specification with inputs (`params`) or values to read (`tooltip`) is *explorable*. It is compiled to
Vega when the book is built and travels in the page as data; the library that runs it is one file of the book,
loaded when a reader asks for it (static/chart.js). No other host, no evaluated code: expressions travel as syntax
trees and run in Vega's interpreter, so that the page works under a policy that forbids `eval`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from claimbook.content import ContentError

# vl-convert holds Vega as modules, under these addresses, and bundles what a snippet imports; it loads nothing.
# Vega-Lite and vega-embed, a third of the weight, stay out: nothing is compiled in the page.
SNIPPET = """import {parse, View} from "/npm/vega@6.2.0/+esm";
import {expressionInterpreter} from "/npm/vega-interpreter@2.0.0/+esm";
window.claimbookVega = {parse, View, expressionInterpreter};"""
LICENCES = """Vega: Copyright (c) 2015-2023, University of Washington Interactive Data Lab. All rights reserved.
Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met: 1. Redistributions of source code must retain the above copyright notice, this list of
conditions and the following disclaimer. 2. Redistributions in binary form must reproduce the above copyright notice,
this list of conditions and the following disclaimer in the documentation and/or other materials provided with the
distribution. 3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or
promote products derived from this software without specific prior written permission.
THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
It holds modules of D3 (Copyright Mike Bostock), TopoJSON (Copyright Mike Bostock) and Delaunator (Copyright Mapbox),
under the ISC licence: Permission to use, copy, modify, and/or distribute this software for any purpose with or without
fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies. The
software is provided "as is" and the author disclaims all warranties with regard to this software."""


def explorable(spec: Any) -> bool:
    """Whether a Vega-Lite specification, or a chart within it, has inputs or values to read."""
    if isinstance(spec, list):
        return any(map(explorable, spec))
    if not isinstance(spec, dict):
        return False
    if spec.get("params") or "tooltip" in spec.get("encoding", {}):
        return True
    return any(explorable(part) for key, part in spec.items() if key in ("layer", "spec", "hconcat", "vconcat"))


def live_spec(spec: dict) -> dict:
    """Compile a Vega-Lite specification, with the house's style in it, to the Vega that the page runs.

    Raises:
        ContentError: it wants data from an address, or has an input without a label.
    """
    import vl_convert

    config = {**spec.get("config", {}), "aria": False}  # one chart with one name, not a hundred marks; see chart.js
    compiled = vl_convert.vegalite_to_vega({**spec, "config": config})
    for source in compiled.get("data", []):
        if "url" in source:
            raise ContentError(f"A chart loads {source['url']!r}; give Altair the rows (a DataFrame) instead.")
    for signal in compiled.get("signals", []):
        label = signal.get("bind", {}).get("name", "")
        if "bind" in signal and not label.strip():
            raise ContentError(f"A chart's input {signal['name']!r} has no label: give its binding a `name`.")
    return compiled


def claim_chart(spec: dict, alt: str) -> str:
    """HTML element that offers the live view of a figure; empty and unseen unless chart.js runs."""
    data = json.dumps({"alt": alt, "spec": live_spec(spec)}, ensure_ascii=False, separators=(",", ":"))
    return f'<claim-chart><script type="application/json">{data.replace("<", chr(92) + "u003c")}</script></claim-chart>'


def write_vega(target: Path) -> None:
    """Write the script that runs live views, unless that very one is there.

    Raises:
        ContentError: vl-convert holds other versions than SNIPPET asks for.
    """
    import vl_convert

    made_by = version("vl-convert-python")
    recipe = hashlib.sha256(SNIPPET.encode()).hexdigest()[:8]
    head = f"/* Made by vl-convert {made_by}, recipe {recipe}.\n\n{LICENCES} */\n"
    if target.is_file() and target.read_text(encoding="utf-8").startswith(head):
        return
    try:
        script = vl_convert.javascript_bundle(SNIPPET)
    except BaseException as error:  # a panic of the library is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ContentError(
            f"vl-convert {made_by} can't make static/vega.js ({error}). Look up which versions of "
            "vega and vega-interpreter it holds, and write them into SNIPPET in src/claimbook/explore.py."
        ) from None
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{head}(() => {{\n{script}\n}})();\n", encoding="utf-8")


@cache
def kilobytes(script: Path) -> int:
    """What a reader loads for a script, compressed as hosts do, in kB (1,000 bytes)."""
    return round(len(gzip.compress(script.read_bytes(), compresslevel=6)) / 1000)
