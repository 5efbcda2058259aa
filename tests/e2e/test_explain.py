"""Why is my township 14th? The answer adds up, down to the records where they are."""
import pytest
import yaml

import node

TOWN, VILLAGE = "231182101", "231182101201"


@pytest.fixture(name="tree", scope="module")
def tree_fixture(pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    pair["long-zhen"].import_folder(node.demo_records(folder, pair.townships)[TOWN])
    pair.wait_synced()
    return pair


def hundredths(text):
    whole, _, places = text.partition(".")
    return int(whole) * 100 + int((places + "00")[:2])


def rubric(level):
    with open(node.PROGRAMME, encoding="utf-8") as file:
        return yaml.safe_load(file)["rubric"][level]


def items_of(one, unit):
    lines = one.rows("explain", unit, "--year", node.YEAR)
    return [line for line in lines if line["what"] in ("item", "bonus")]


def score_of(one, unit, level):
    lines = one.rows("rank", "--level", level, "--year", node.YEAR)
    return next(line["score"] for line in lines if line["unit"] == unit)


@pytest.mark.quick
@pytest.mark.parametrize("unit,level", [(TOWN, "township"), (VILLAGE, "grassroots")])
def test_the_items_of_an_explanation_add_up_to_the_score(tree, unit, level):
    city, cap_h = tree["city"], 300
    items = items_of(city, unit)
    assert [item["item"] for item in items] == [item["id"] for item in rubric(level)]
    bonus = {item["id"] for item in rubric(level) if item.get("bonus")}
    plain_h = sum(hundredths(i["points"]) for i in items if i["item"] not in bonus)
    bonus_h = sum(hundredths(i["points"]) for i in items if i["item"] in bonus)
    assert plain_h + min(bonus_h, cap_h) == hundredths(score_of(city, unit, level))


@pytest.mark.quick
def test_city_county_and_township_explain_alike_but_for_the_records(tree):
    def shape(name):
        return [(line["item"], line["points"]) for line in items_of(tree[name], VILLAGE)]
    assert shape("city") == shape("wudalianchi") == shape("long-zhen")


@pytest.mark.quick
def test_only_the_node_that_has_the_records_names_them(tree):
    def records(name):
        lines = tree[name].rows("explain", VILLAGE, "--year", node.YEAR)
        return [line["record"] for line in lines if line["what"] == "record"]
    assert records("city") == records("wudalianchi") == []
    named = records("long-zhen")
    assert named
    for record in named[:5]:
        shown = tree["long-zhen"].rows("show", record)
        assert shown[0]["unit"] == VILLAGE


@pytest.mark.quick
def test_the_printed_explanation_names_score_and_every_item(tree):
    text = tree["city"].ok("explain", TOWN, "--year", node.YEAR)
    assert score_of(tree["city"], TOWN, "township") in text
    for item in rubric("township"):
        assert item["title"]["en"] in text


@pytest.mark.quick
def test_a_unit_that_does_not_exist_is_not_found(tree):
    result = tree["city"].cli("explain", "231199999", "--year", node.YEAR)
    assert result.code == 3
    assert result.first_line.startswith("wuhao: ")
