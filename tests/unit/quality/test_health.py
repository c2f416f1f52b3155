import numpy as np

from whorl.datasets.dql import parse_query
from whorl.quality.health import Measured, find_issues
from whorl.schemas.selecting import HealthIssue


def _image(
    number: int,
    *,
    size: tuple[int, int] = (640, 480),
    brightness: float | None = 120.0,
    contrast: float | None = 50.0,
    sharpness: float | None = 800.0,
    source: str | None = None,
) -> Measured:
    return Measured(f"itm_{number}", size[0], size[1], brightness, contrast, sharpness, source)


def _usual(count: int, *, brightness: float = 120.0, source: str | None = None, start: int = 0) -> list[Measured]:
    spread = np.random.default_rng(0).normal(size=count)
    return [
        _image(
            start + at,
            brightness=brightness + 8 * one,
            contrast=50 + 5 * one,
            sharpness=800 * 1.3**one,
            source=source,
        )
        for at, one in enumerate(spread.tolist())
    ]


def _by_kind(images: list[Measured], **options: object) -> dict[str, HealthIssue]:
    found = {one.kind: one for one in find_issues(images, **options)}  # type: ignore[arg-type]
    for one in found.values():
        parse_query(one.query)
    return found


def test_find_issues__of_nothing_and_of_ordinary_images_there_are_none() -> None:
    assert find_issues([]) == []
    assert find_issues([_image(1)]) == []
    assert find_issues(_usual(300)) == []
    assert find_issues([_image(one) for one in range(50)]) == []


def test_find_issues__lists_what_is_far_from_the_rest_the_worst_first() -> None:
    bad = [_image(900, sharpness=9.0), _image(901, sharpness=4.0), _image(902, brightness=40.0)]
    bad += [_image(903, brightness=230.0), _image(904, contrast=8.0)]

    found = _by_kind(_usual(200) + bad)

    assert {kind: one.examples for kind, one in found.items()} == {
        "blurred": ["itm_901", "itm_900"],
        "dark": ["itm_902"],
        "bright": ["itm_903"],
        "flat": ["itm_904"],
    }
    assert found["dark"].query == {"filter": {"health.brightness": {"$lt": 70.0}}}
    assert found["dark"].threshold == "brightness < 70 (mean level of 255; median 120.3)"


def test_find_issues__all_covered_is_found_though_it_is_the_median() -> None:
    covered = [_image(one, brightness=2.0, contrast=0.5, sharpness=0.4) for one in range(20)]

    assert {kind: one.n_items for kind, one in _by_kind(covered).items()} == {"blurred": 20, "dark": 20, "flat": 20}


def test_find_issues__microscopes_and_night_cameras_are_not_all_bad() -> None:
    assert find_issues(_usual(100, brightness=40.0)) == []
    assert find_issues(_usual(100, brightness=215.0)) == []


def test_find_issues__each_source_has_its_own_threshold() -> None:
    images = _usual(60, brightness=200.0, source="day") + _usual(60, brightness=40.0, source="night", start=100)
    images.append(_image(999, brightness=60.0, source="day"))

    one = _by_kind(images, source_field="metadata.camera")["dark"]

    assert one.examples == ["itm_999"]
    parts = one.query["filter"]["$or"]  # type: ignore[index,call-overload]
    assert parts[0] == {"$and": [{"metadata.camera": "day"}, {"health.brightness": {"$lt": 70.0}}]}
    assert len(parts) == 3


def test_find_issues__odd_sizes_and_shapes_are_rare_ones() -> None:
    images = _usual(100) + [_image(500, size=(64, 48)), _image(501, size=(4000, 40))]
    images += [_image(600 + at, size=(2560, 1920)) for at in range(40)]

    found = _by_kind(images)

    assert found["odd_size"].examples == ["itm_500"]
    assert found["odd_size"].query == {"filter": {"$or": [{"$and": [{"width": 64}, {"height": 48}]}]}}
    assert found["odd_aspect"].examples == ["itm_501"]


def test_find_issues__many_odd_sizes_are_named_by_id() -> None:
    images = _usual(2000) + [_image(5000 + at, size=(10 + at, 10)) for at in range(50)]

    assert _by_kind(images)["odd_size"].query["filter"].keys() == {"id"}  # type: ignore[union-attr]


def test_find_issues__missing_measures_are_no_trouble() -> None:
    assert find_issues([_image(1, brightness=None, contrast=None, sharpness=None)] * 3) == []


def test_find_issues__says_which_files_imports_refused() -> None:
    one = _by_kind(_usual(5), refused=["a.jpg", "b.jpg"])["truncated"]

    assert (one.n_items, one.examples) == (2, [])
    assert one.threshold.endswith("a.jpg, b.jpg")
