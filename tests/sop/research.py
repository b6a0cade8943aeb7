"""Where the research's own flowchart lies, beside the project or beside its working copies; it is never copied here."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "sop" / "library" / "cameroon" / "flowchart.yaml"
DRAFT = next(
    (path for place in (ROOT.parent, ROOT.parents[1]) if (path := place / "shared/data/sop/cmr_nrm_v0.yaml").exists()),
    ROOT.parent / "shared/data/sop/cmr_nrm_v0.yaml",
)
ABSENT = "the research flowchart is not on this machine"
