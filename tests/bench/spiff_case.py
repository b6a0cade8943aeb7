"""One case on SpiffWorkflow, saved and loaded at each user step; run by `spiff.py` where SpiffWorkflow can be imported.

Takes the BPMN file, what is done as JSON (the user steps in their order, each with the data that it finds out) and how
often. Prints JSON: milliseconds of CPU for each case, and the user steps that were done. Knows nothing of the project.
"""

import json
import sys
import time
from pathlib import Path

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState


def walk(spec: object, serializer: BpmnWorkflowSerializer, answers: list[tuple[str, dict[str, object]]]) -> list[str]:
    """Start, do each user step, save and load after it; the steps that were there to be done."""
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    seen = []
    for _step, found in answers:
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        seen.append(task.task_spec.bpmn_id)
        task.data.update(found)
        task.run()
        workflow.do_engine_steps()
        workflow = serializer.deserialize_json(serializer.serialize_json(workflow))
    if not workflow.is_completed():
        raise SystemExit("the case did not reach its end")
    return seen


def main(bpmn: str, answers: str, runs: str) -> None:
    """Once uncounted, then as often as asked."""
    parser = BpmnParser()
    parser.add_bpmn_str(Path(bpmn).read_bytes())
    spec, steps = parser.get_spec("small"), json.loads(answers)
    serializer = BpmnWorkflowSerializer()
    seen, taken = walk(spec, serializer, steps), []
    for _ in range(int(runs)):
        began = time.process_time()
        walk(spec, serializer, steps)
        taken.append((time.process_time() - began) * 1000)
    print(json.dumps({"steps": seen, "taken": taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
