"""Each kind of Dataloop node as a node of Whorl, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from whorl.base.errors import JsonValue
from whorl.pipelines.dataloop.draft import Body, Draft, was
from whorl.pipelines.dataloop.reading import Connection, Node, as_list, as_mapping, as_text

_SUBSETS = ("train", "validation", "test")
_CODE = (
    "Its code is written for Dataloop's own client and cannot run here: write a code node in its place. Until then "
    "what came in goes straight on."
)
AGREEMENT = "consensus_agreement"
_SCORES = "Scores are part of the consensus node."
_WHY_NOT = {
    "embed": "Features are computed where they are needed; there is nothing to embed ahead of time.",
    AGREEMENT: "The consensus node measures agreement itself and leads out by `agreed` and `disputed`.",
    "create_task_item_score": _SCORES,
    "create_consensus_score": _SCORES,
}


def map_nodes(draft: Draft) -> None:
    """Add what each node becomes, or tell why it becomes nothing."""
    # Comparisons last: they name the evaluations they wait for.
    for node in sorted(draft.source.nodes.values(), key=lambda one: one.function == "compare_models"):
        _map_node(draft, node)


def _map_node(draft: Draft, node: Node) -> None:
    find = _BY_FUNCTION.get(node.function) or _BY_TYPE.get(node.type)
    if find is not None:
        find(draft, node)
        return
    reason = _WHY_NOT.get(node.function)
    if reason is None:
        reason = _CODE if node.type in ("function", "code") else "Whorl has no node that does what this one does."
        if node.type not in ("function", "code") and node.passes_items():
            reason += " What came in goes straight on."
    draft.tell("node", node.name, was(node), None, reason)


def _storage(draft: Draft, node: Node) -> None:
    is_source = not any(one.target == node.id for one in draft.source.connections)
    dataset, note = dataset_of(draft, node)
    if is_source:
        if as_mapping(node.metadata.get("triggerToPipeline")).get("active") is True:
            note += " What is in the dataset already enters with `whorl pipeline run`."
        draft.add(node, "dataset", {"dataset": dataset}, note=note.strip())
        return
    draft.add(node, "collect", {"dataset": dataset}, note=(note + " Items arrive as copies with their truth.").strip())


def _task(draft: Draft, node: Node) -> None:
    kind = as_text(node.metadata.get("taskType")) or ("qa" if _ways(node) & {"approve", "approved"} else "annotation")
    dataset = nearest_dataset(draft, node)
    params: Body = {"dataset": dataset, "task": node.name[:200]}
    consensus = as_text(node.metadata.get("consensusTaskType"))
    note = "People are asked by their roles in the project; the list of assignees is not taken over."
    if consensus == "consensus":
        draft.add(node, "consensus", params | _agreement(draft), note=f"{note} Check how many people answer.")
    elif consensus:
        reason = f"Tasks of the kind {consensus!r} do not exist here: use gold items in the task's settings."
        draft.tell("node", node.name, was(node), None, reason)
    elif kind == "annotation":
        draft.add(node, "label", params, note=note)
    elif kind == "qa":
        label = _labelled_before(draft, node)
        if label is None:
            reason = "A review needs the labelling task whose work it reviews, and no task comes before this one."
            draft.tell("node", node.name, was(node), None, reason)
            return
        params["label_task"] = label.name[:200]
        draft.add(node, "review", params, note=note)
    else:
        draft.tell("node", node.name, was(node), None, f"Tasks of the kind {kind!r} do not exist here.")


def _agreement(draft: Draft) -> Body:
    """The threshold of the document's agreement node, as a parameter."""
    checks = [one for one in draft.source.nodes.values() if one.function == AGREEMENT]
    least = checks[0].config.get("agreement_threshold") if checks else None
    is_share = isinstance(least, int | float) and not isinstance(least, bool) and 0 < least <= 1
    return {"min_agreement": least} if is_share else {}


def _predict(draft: Draft, node: Node) -> None:
    model = _model_of(draft, node)
    draft.add(node, "predict", {"model": model}, note="Predictions stay predictions until a person accepts them.")


def _train(draft: Draft, node: Node) -> None:
    draft.add(node, "train", {}, note="A training that fails leaves by `failed`; lead it somewhere.")


def _evaluate(draft: Draft, node: Node) -> None:
    dataset, note = dataset_of(draft, node)
    note = f"Scores on the test subset of the dataset; its filter is not needed. {note}"
    draft.add(node, "evaluate", {"dataset": dataset}, note=note.strip())


def _create_model(draft: Draft, node: Node) -> None:
    dataset, note = dataset_of(draft, node)
    params: Body = {
        "dataset": dataset,
        "architecture": draft.variable(
            "Architecture", "text", value="builtin:tinydet", description="What is trained, such as builtin:tinydet."
        ),
        "task": draft.variable(
            "Model task", "text", value="detection", description="What the model does: classification or detection."
        ),
    }
    base = node.input("base_model")
    if base is not None and base.variable:
        params["base"] = draft.variable(base.variable, "model")
    configuration = node.input("model_configuration")
    if configuration is not None and configuration.variable:
        params["training"] = draft.variable(
            configuration.variable, "json", value=_configuration(draft, configuration.variable)
        )
    told = (
        "Set the architecture and the model's task: the base model's files are not taken over. Models are numbered by "
        "themselves, and the split decides the subsets: name and subset filters are not needed."
    )
    draft.add(node, "create_model", params, note=f"{told} {note}".strip())


def _configuration(draft: Draft, name: str) -> JsonValue:
    known = draft.source.variables.get(name)
    return known.value if known is not None and isinstance(known.value, dict) else {}


def _split(draft: Draft, node: Node) -> None:
    shares = _shares(node)
    if not shares or set(shares) - set(_SUBSETS) or sum(shares.values()) <= 0:
        named = ", ".join(map(repr, shares)) or "none"
        reason = (
            f"A split has the subsets train, validation and test; this one has {named}. A sample node sorts at random."
        )
        draft.tell("node", node.name, was(node), None, reason)
        return
    whole = sum(shares.values())
    params: Body = {"dataset": nearest_dataset(draft, node)}
    for subset in ("validation", "test"):
        params[subset] = round(shares.get(subset, 0.0) / whole, 4)
    note = "Shares hold exactly, by class, and groups stay together; there each item was drawn by itself."
    draft.add(node, "split", params, note=note)


def _shares(node: Node) -> dict[str, float]:
    found: dict[str, float] = {}
    for group in map(as_mapping, as_list(node.config.get("groups"))):
        share = group.get("distribution")
        if isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 100:
            found[as_text(group.get("name"))] = float(share)
    return found


def _compare(draft: Draft, node: Node) -> None:
    champion, challenger = _evaluations(draft, node)
    if champion is None or challenger is None:
        reason = (
            "A comparison needs an evaluation of the new model and a node that creates it beside the base model; "
            "metrics of the training alone are not compared."
        )
        draft.tell("node", node.name, was(node), None, reason)
        return
    note = (
        "Waits for both evaluations at the join: there it could begin before the base model had been scored, or read "
        "old scores. A tie leaves by `tie`. Compared is mAP or macro F1 with an interval, not an area under curves."
    )
    compare = draft.add(node, "compare", _compare_params(draft, node), note=note)
    meet = draft.add(node, "join", {}, suffix="_meet")
    draft.connect(f"{challenger}.evaluation", f"{meet}.challenger")
    draft.connect(f"{champion}.evaluation", f"{meet}.champion")
    draft.connect(f"{meet}.both", f"{compare}.both")


def _compare_params(draft: Draft, node: Node) -> Body:
    port = node.input("compare_config")
    known = draft.source.variables.get(port.variable) if port is not None and port.variable else None
    value = as_mapping(known.value if known is not None else port.default if port is not None else None)
    least = as_mapping(value.get("precision_recall")).get("min_delta")
    if known is not None:
        draft.absorbed[known.name] = f"Its min_delta is a parameter of {node.name!r}; the rest is not needed."[:300]
    return {"min_delta": least} if isinstance(least, int | float) and not isinstance(least, bool) and least > 0 else {}


def _evaluations(draft: Draft, node: Node) -> tuple[str | None, str | None]:
    """The nodes here that evaluate the base model and the new one; the first is added when there is none."""
    new, base = (_evaluation_into(draft, node, name) for name in ("new_model", "previous_model"))
    creator = next((one for one in draft.source.nodes.values() if one.function == "create_new_model"), None)
    if creator is None or new is None or creator.id not in draft.ids:
        return None, None
    base = base or _evaluation_of_base(draft, creator)
    if base is None:
        dataset, _ = dataset_of(draft, new)
        added = draft.add(node, "evaluate", {"dataset": dataset}, suffix="_test_base")
        draft.connect(f"{draft.ids[creator.id]}.base", f"{added}.model")
        return added, draft.ids[new.id]
    return draft.ids[base.id], draft.ids[new.id]


def _evaluation_into(draft: Draft, node: Node, port_name: str) -> Node | None:
    port = node.input(port_name)
    for one in _into(draft, node):
        source = draft.source.nodes.get(one.source)
        if port is not None and one.target_port == port.id and source is not None and source.function == "evaluate":
            return source
    return None


def _evaluation_of_base(draft: Draft, creator: Node) -> Node | None:
    for one in draft.source.connections:
        port = creator.output_by_id(one.source_port) if one.source == creator.id else None
        target = draft.source.nodes.get(one.target)
        if port is not None and port.name == "base_model" and target is not None and target.function == "evaluate":
            return target
    return None


def _update_variable(draft: Draft, node: Node) -> None:
    ports = [*node.inputs, *node.outputs]
    name = next((port.variable or port.name for port in ports if port.type == "Model"), "")
    if not name:
        reason = "Only variables that hold a model are updated by a pipeline here."
        draft.tell("node", node.name, was(node), None, reason)
        return
    reference = draft.variable(name, "model")
    assert isinstance(reference, dict)  # what stands for a variable
    draft.add(node, "update_variable", {"variable": reference["$var"]})


def dataset_of(draft: Draft, node: Node) -> tuple[JsonValue, str]:
    """The dataset that a node names itself, as a variable, and what is to be done about it."""
    port = next((one for one in node.inputs if one.type == "Dataset"), None)
    name = (port.variable if port is not None else None) or as_text(node.metadata.get("variableDataset"))
    if name:
        return draft.variable(name, "dataset"), ""
    there = as_text(node.metadata.get("datasetId")) or (as_text(port.default) if port is not None else "")
    note = f"Set its dataset; there it was {there[:60]}." if there else "Set its dataset."
    about = f"The dataset of {node.name}." + (f" On Dataloop it was {there[:60]}." if there else "")
    return draft.variable(f"{node.name} dataset", "dataset", description=about), note


def nearest_dataset(draft: Draft, node: Node) -> JsonValue:
    """The dataset that items at a node are in: that of the nearest storage node before it."""
    seen, wave = {node.id}, [node]
    while wave:
        wave = [one for at in wave for one in _before(draft, at) if one.id not in seen]
        storage = next((one for one in wave if one.type == "storage"), None)
        if storage is not None:
            return dataset_of(draft, storage)[0]
        seen |= {one.id for one in wave}
    return draft.variable("Pool", "dataset", description="The dataset whose items enter the pipeline.")


def _labelled_before(draft: Draft, node: Node) -> Node | None:
    seen, wave = {node.id}, [node]
    while wave:
        wave = [one for at in wave for one in _before(draft, at) if one.id not in seen]
        for one in wave:
            if one.type == "task" and as_text(one.metadata.get("taskType")) != "qa":
                return one
        seen |= {one.id for one in wave}
    return None


def _before(draft: Draft, node: Node) -> list[Node]:
    return [draft.source.nodes[one.source] for one in _into(draft, node) if one.source in draft.source.nodes]


def _into(draft: Draft, node: Node) -> list[Connection]:
    return [one for one in draft.source.connections if one.target == node.id]


def _ways(node: Node) -> set[str]:
    return {way for port in node.outputs for way in port.actions}


def _model_of(draft: Draft, node: Node) -> JsonValue:
    port = next((one for one in node.inputs if one.type == "Model"), None)
    name = as_text(node.metadata.get("variableModel")) or (port.variable if port is not None else "") or ""
    return draft.variable(name or f"{node.name} model", "model")


_BY_FUNCTION: Mapping[str, Callable[[Draft, Node], None]] = {
    "predict": _predict,
    "train": _train,
    "evaluate": _evaluate,
    "create_new_model": _create_model,
    "data_split": _split,
    "compare_models": _compare,
    "dataset_handler": _storage,
    "clone_item": _storage,
}
_BY_TYPE: Mapping[str, Callable[[Draft, Node], None]] = {
    "storage": _storage,
    "task": _task,
    "updateVariable": _update_variable,
}
