from whorl.quality.duplicates.merging import merge_group_keys


def test_merge_group_keys__names_a_group_after_the_item_it_keeps() -> None:
    keys = merge_group_keys([[3, 1], [4, 5]], {3: None, 1: None, 4: None, 5: None}, {3: "itm_c", 4: "itm_d"})

    assert keys == {3: "alike:itm_c", 1: "alike:itm_c", 4: "alike:itm_d", 5: "alike:itm_d"}


def test_merge_group_keys__an_item_joins_the_group_of_the_other() -> None:
    assert merge_group_keys([[1, 2]], {1: None, 2: "video-a", 3: "video-a"}, {1: "itm_a"}) == {1: "video-a"}


def test_merge_group_keys__two_videos_with_one_scene_become_one_group_whole() -> None:
    held = {1: "video-a", 2: "video-a", 3: "video-a", 4: "video-b", 5: "video-b", 6: "video-c"}

    assert merge_group_keys([[5, 1]], held, {5: "itm_e"}) == {4: "video-a", 5: "video-a"}


def test_merge_group_keys__groups_that_touch_through_a_third_are_one() -> None:
    held = {1: "a", 2: "a", 3: "b", 4: "b", 5: None}

    assert merge_group_keys([[1, 5], [3, 5]], held, {1: "x", 3: "y"}) == {3: "a", 4: "a", 5: "a"}


def test_merge_group_keys__again_changes_nothing() -> None:
    assert merge_group_keys([[1, 2]], {1: "alike:x", 2: "alike:x", 3: "other"}, {1: "x"}) == {}
