"""Flipped bits in a node's own store: named, never silently less (L2 of the lessons)."""
import glob
import os
import random
import shutil

import node

VILLAGE = "231182101201"
FLIPS_EACH = 3


def answers(one):
    """What a person would see; None where a command says that it can't."""
    said = []
    for command in (("list", "activity"), ("unit", "list"), ("metrics", "--unit", "231182101",
                                                            "--under")):
        result = one.cli(*command, "--json")
        said.append(result.out if result.code == 0 else None)
        if result.code != 0:
            assert "damaged" in result.err or "not readable" in result.err, result
    return said


def flip(path, chance):
    with open(path, "r+b") as file:
        size = os.path.getsize(path)
        at = chance.randrange(size)
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << chance.randrange(8)]))


def put_back(one, copy):
    one.kill()
    shutil.rmtree(one.home)
    shutil.copytree(copy, one.home)
    os.makedirs(os.path.join(one.home, "run"), exist_ok=True)


def test_bit_flip_each_file(homes, tmp_path):
    city = homes("city", "2311", "黑河市", "city").init().start()
    city.issue()
    chance = random.Random(5)
    with open(tmp_path / "a.csv", "w", encoding="utf-8") as file:
        print("unit,date,category,form,subject,youth,elders", file=file)
        for i in range(400):
            print(f"{VILLAGE},2025-{1 + i % 12:02}-10,law,,{chance.getrandbits(400):x},{i},",
                  file=file)
    city.ok("import", "activity", tmp_path / "a.csv")
    city.wait_synced()
    city.stop()  # a second start leaves tables and a log
    city.start()
    city.ok("add", "activity", "--unit", VILLAGE, "date=2025-03-03", "category=law",
            "subject=last", "youth=1")
    city.wait_synced()
    city.kill()
    copy = tmp_path / "copy"
    shutil.copytree(city.home, copy, ignore=shutil.ignore_patterns("run"))
    put_back(city, copy)
    city.start()
    whole = answers(city)
    assert None not in whole
    files = sorted(os.path.relpath(path, city.home)
                   for path in glob.glob(city.home + "/store/*") if os.path.getsize(path) > 0)
    refused, named, unharmed = 0, 0, 0
    for name in files:
        for _ in range(FLIPS_EACH):
            put_back(city, copy)
            if not os.path.exists(os.path.join(city.home, name)):
                continue
            open(city.home + ".log", "w", encoding="utf-8").close()
            flip(os.path.join(city.home, name), chance)
            process = city.spawn()
            node.wait_until(lambda p=process: p.poll() is not None or
                            city.cli("wait", "--timeout", 1).code == 0, 30, f"{name}: it speaks")
            if process.poll() is not None:
                assert process.returncode == 1, f"{name}: {city.log()}"
                assert "wuhaod: " in city.log() and "store" in city.log(), city.log()
                city.close()
                refused += 1
                continue
            said = answers(city)
            log = city.log()
            if said == whole:
                unharmed += 1
            else:
                assert None in said or "set_aside=" in log and "set_aside=nothing" not in log or \
                    "rows_set_aside" in log, f"{name}: less, and not a word of it\n{log}"
                named += 1
    assert refused + named > 0 and unharmed > 0, (refused, named, unharmed)
    print(f"{refused} refused, {named} named, {unharmed} unharmed, of {len(files)} files")
