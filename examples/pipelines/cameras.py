"""One pipeline for several cameras: each has a task of its own, and its labels are checked as often as needed.

Write it as YAML with `whorl pipeline convert cameras.py --out cameras.yaml`, or apply it as it is.
"""

import whorl

# Camera by name, with the share of its labelled images that somebody else checks.
CHECKED_SHARE = {"gate": 0.5, "yard": 0.2, "roof": 0.1}

pipeline = whorl.PipelineBuilder("cameras", description="Each camera's images go to a task of their own.")
pool = pipeline.variable("pool", "dataset", description="Dataset that takes the images of all cameras.")
shelf = pipeline.variable("shelf", "dataset", description="Dataset that takes what was labelled.")

raw = pipeline.add("raw", "dataset", dataset=pool)
sort = pipeline.add("sort", "filter", routes={name: f"metadata.camera:{name}" for name in CHECKED_SHARE})
keep = pipeline.add("keep", "collect", dataset=shelf)
raw["item"] >> sort["item"]

for name, share in CHECKED_SHARE.items():
    label = pipeline.add(f"label_{name}", "label", dataset=pool, task=f"label {name}")
    draw = pipeline.add(f"draw_{name}", "sample", share=share)
    check = pipeline.add(f"check_{name}", "review", dataset=pool, task=f"check {name}", label_task=f"label {name}")
    sort[name] >> label["item"]
    label["submitted"] >> draw["item"]
    draw["item"] >> check["item"]
    draw["rest"] >> keep["item"]
    check["approved"] >> keep["item"]

pipeline.on("item.created", to=raw["item"], dataset=pool)
