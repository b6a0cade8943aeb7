"""BPMN 2.0 exchange: `writing.dump` exports a flowchart, `ladder.bring_in` imports drawings as far as they go.

reading (file -> Drawing) · structure (links, order, what is broken) · meaning (the wizard: questions and answers ->
Flowchart) · ladder (which level, and what is missing for the next) · showing (Drawing -> Scene).
"""
