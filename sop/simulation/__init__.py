"""What-if: cases walk the flowchart with the real engine, over simulated months; the same seed gives the same result.

`plan` holds what is put in, `scenario` reads it from a file, `run` lets the cases walk, `figures` is what comes out,
`coverage` holds places against needs, `comparison` sets two runs side by side.
"""
