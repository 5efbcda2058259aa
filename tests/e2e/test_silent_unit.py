"""A figure that rests on silence says so (the link's promise 10, L27 of the lessons)."""
import node


def test_silent_unit_unranked(trees):
    tree = trees(("city", "wudalianchi", "long-zhen", "qingshan"))
    city, heard, silent = tree["city"], tree["long-zhen"], tree["qingshan"]
    silent.kill()  # it joined, and that was all
    heard.ok("add", "meeting", "--unit", heard.unit, "date=2025-02-03", "purpose=study",
             "subject=学习", "attended=5")
    heard.wait_synced()
    tree["wudalianchi"].wait_synced()
    for owner in (city, tree["wudalianchi"]):
        lines = {line["unit"]: line for line in
                 owner.rows("rank", "--level", "township", "--year", node.YEAR)}
        told, untold = lines[heard.unit], lines[silent.unit]
        assert told["rank"] is not None and float(told["complete"]) > 0
        assert (told["heard"], untold["heard"]) == ("Q1", None)
        assert untold["rank"] is None and untold["score"] is None, untold
        assert float(untold["complete"]) == 0 and untold["qualified"] is None
        order = list(lines)
        assert order.index(silent.unit) > order.index(heard.unit)
