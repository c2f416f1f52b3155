"""Pipelines are built by mouse, and what cannot be joined says why."""

from __future__ import annotations

from tests.e2e.web.app import App, Desk
from tests.e2e.web.pipeline_page import PipelinePage
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import until
from tests.e2e.web.worlds import World

# Where each kind of step is dropped, from the canvas' left top; far from its edges, where a drag moves the view.
ITEMS_FLOW = [("dataset", 120, 60), ("predict", 344, 60), ("label", 568, 60), ("review", 792, 60)]
TRUTH_FLOW = [("split", 120, 230), ("collect", 344, 230)]
MODEL_FLOW = [
    ("create_model", 120, 430),
    ("train", 344, 430),
    ("evaluate", 568, 430),
    ("evaluate", 568, 600),
    ("join", 792, 430),
    ("compare", 792, 580),
    ("update_variable", 792, 740),
]
EDGES = [
    ("dataset.item", "predict.item"),
    ("predict.item", "label.item"),
    ("label.submitted", "review.item"),
    ("review.approved", "split.item"),
    ("split.train", "collect.item"),
    ("split.validation", "collect.item"),
    ("split.test", "collect.item"),
    ("create_model.model", "train.model"),
    ("create_model.base", "evaluate_2.model"),
    ("train.model", "evaluate.model"),
    ("evaluate.evaluation", "join.challenger"),
    ("evaluate_2.evaluation", "join.champion"),
    ("join.both", "compare.both"),
    ("compare.promote", "update_variable.model"),
]


def test_canvas__the_active_learning_flow_is_built_by_mouse(desk: Desk, server: Server, world: World) -> None:
    truth = world.project.datasets.create("ground truth")
    with desk.window(server, width=1600, height=1000) as app:
        app.sign_in()
        canvas = PipelinePage(app)
        app.go(world.path("/pipelines/new/edit"))
        app.page.get_by_label("Name of the pipeline").fill("by mouse")
        for kind, x, y in ITEMS_FLOW + TRUTH_FLOW + MODEL_FLOW:
            canvas.drag_in(kind, x, y)
        for source, target in EDGES:
            canvas.join(source, target)
        _set_variable(canvas)
        _set_parameters(canvas)
        _set_triggers(canvas)
        canvas.tab("Checks")
        app.page.locator("[data-warning=true]").first.wait_for()
        until(lambda: app.page.locator("[data-warning=false]").all_inner_texts(), [])
        app.page.get_by_role("button", name="Save", exact=True).click()
        app.page.get_by_text("version 1", exact=True).wait_for()
        saved = world.project.pipelines.get(pipeline_name="by mouse")
        definition = saved.definition()
        assert {(edge.source, edge.target) for edge in definition.edges} == set(EDGES)
        assert [(one.type, one.target) for one in definition.triggers] == [
            ("event", "dataset.item"),
            ("cron", "create_model.start"),
        ]
        assert all(node.at is not None for node in definition.nodes)
        _run_one_through_label(app, world, saved.id)
    assert list(truth.items.list()) == []


def _set_variable(canvas: PipelinePage) -> None:
    canvas.tab("Variables")
    canvas.page.get_by_role("button", name="Add a variable").click()
    canvas.page.get_by_role("combobox", name="Type of variable").click()
    canvas.page.get_by_role("option", name="model", exact=True).click()
    name = canvas.page.get_by_label("Name of variable")
    name.fill("best_model")
    name.blur()
    canvas.page.get_by_label("Variable best_model", exact=True).wait_for()


def _set_parameters(canvas: PipelinePage) -> None:
    pictures = {"dataset": "pictures"}
    truth = {"dataset": "ground truth"}
    picked = {
        "dataset": pictures,
        "label": pictures,
        "review": pictures,
        "split": pictures,
        "collect": truth,
        "create_model": truth | {"task": "detection"},
        "evaluate": truth,
        "evaluate_2": truth,
        "update_variable": {"variable": "best_model (model)"},
    }
    written = {
        "label": {"task": "by hand"},
        "review": {"task": "by eye", "label_task": "by hand"},
        "create_model": {"architecture": "builtin:tinydet"},
    }
    for node, fields in picked.items():
        canvas.choose(node)
        for field, text in written.get(node, {}).items():
            canvas.fill(field, text)
        for field, label in fields.items():
            canvas.pick(field, label)
    # The model that pre-labels comes from the variable.
    canvas.choose("predict")
    canvas.page.get_by_role("button", name="Model: take it from a variable").click()


def _set_triggers(canvas: PipelinePage) -> None:
    canvas.tab("Triggers")
    canvas.page.get_by_role("button", name="Add a trigger").click()
    canvas.page.get_by_role("menuitem", name="With each event").click()
    canvas.page.get_by_label("Trigger on event", exact=True).wait_for()
    canvas.page.get_by_role("button", name="Add a trigger").click()
    canvas.page.get_by_role("menuitem", name="At times of the day").click()
    timed = canvas.page.get_by_label("Trigger on time", exact=True)
    timed.get_by_role("combobox", name="Enters").click()
    canvas.page.get_by_role("option", name="create_model.start").click()
    canvas.page.get_by_text("On Monday at 09:00").wait_for()


def _run_one_through_label(app: App, world: World, pipeline_id: str) -> None:
    page = app.page
    page.get_by_label("Back to the pipeline").click()
    page.get_by_role("button", name="Run…").click()
    page.get_by_label("Take images in at dataset").check()
    page.get_by_label("Which images").fill('name:"picture-000.jpg"')
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_label("label: 1 for people").wait_for()
    task = world.project.tasks.get(task_name="by hand")
    (lease,) = task.lease()
    assert lease.item_id == world.item_ids[0]
    task.submit(lease, [], base_revision=0)
    page.get_by_label("review: 1 for people").click()
    page.get_by_role("dialog").get_by_role("button", name="Journey").click()
    page.get_by_text("→ submitted").wait_for()
    steps = world.project.pipelines.get(pipeline_id=pipeline_id).steps
    (run,) = world.project.pipelines.get(pipeline_id=pipeline_id).runs()
    assert [(step.node, step.port) for step in steps(run.id)][-1] == ("label", "submitted")


def test_canvas__a_wrong_link_is_refused_with_the_reason(app: App, world: World) -> None:
    canvas = PipelinePage(app)
    app.go(world.path("/pipelines/new/edit"))
    page = app.page
    canvas.drag_in("dataset", 60, 60)
    canvas.drag_in("train", 340, 60)
    canvas.hold("dataset.item", "train.model")
    page.get_by_text("train.model takes models, but dataset.item gives images.").wait_for()
    page.mouse.up()
    page.get_by_role("alert").filter(has_text="takes models").wait_for()
    assert page.locator(".react-flow__edge").count() == 0
    # By keyboard: everything selected, removed, and back.
    page.locator(".react-flow__pane").click(position={"x": 300, "y": 400})
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator("[data-node=train]").wait_for(state="detached")
    page.keyboard.press("Control+z")
    page.locator("[data-node=train]").wait_for()
    # A reload brings the unsaved draft back, and says so.
    until(lambda: page.evaluate("() => Object.keys(localStorage).some((key) => key.includes('pipeline-draft'))"), True)
    app.go(world.path("/pipelines/new/edit"))
    page.get_by_text("Unsaved changes").wait_for()
    assert page.locator("[data-node]").count() == 2
    assert app.serious_barriers() == []
