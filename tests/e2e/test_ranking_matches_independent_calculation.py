"""Seven nodes, records entered at the townships: the city's ranking is exact."""
import pytest

import independent_ranking
import node


@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.quick), 2, 3])
def test_the_citys_ranking_equals_the_independent_calculation(trees, tmp_path, seed):
    tree = trees()
    folders = node.demo_records(tmp_path / "records", tree.townships, seed=seed)
    for township in tree.townships:
        township.import_folder(folders[township.unit])
    tree.wait_synced()
    for level in ("township", "grassroots", "county"):
        expected = independent_ranking.compute(
            node.UNITS, tmp_path / "records", node.PROGRAMME, node.YEAR, level)
        lines = tree["city"].rows("rank", "--level", level, "--year", node.YEAR)
        assert [line["unit"] for line in lines] == [line["unit"] for line in expected]
        for line, wanted in zip(lines, expected):
            assert {key: line[key] for key in wanted} == wanted  # further keys may be added


def test_a_county_and_a_township_rank_their_own_subtree_alike(trees, tmp_path):
    tree = trees(("city", "wudalianchi", "long-zhen"))
    folders = node.demo_records(tmp_path / "records", tree.townships)
    tree["long-zhen"].import_folder(folders["231182101"])
    tree.wait_synced()
    arguments = ("rank", "--level", "grassroots", "--year", node.YEAR, "--under", "231182101",
                 "--json")
    printed = {name: tree[name].ok(*arguments) for name in ("city", "wudalianchi", "long-zhen")}
    assert printed["city"] == printed["wudalianchi"] == printed["long-zhen"]
    assert len(printed["city"].splitlines()) == 13
