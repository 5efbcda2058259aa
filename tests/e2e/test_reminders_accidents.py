"""Two months of reminders in which something happens every day: kills, restarts, reloads, restored
backups, clocks that jump, servers that refuse, break off or take a message without a word. At the
end everything was told, nothing twice as news, and no day had two messages."""
import collections
import datetime
import os
import random
import shutil
import threading

import pytest

import office
from office import TOWN, VILLAGE

WANG = "wang@heihe.example"
WANTED = {"[due soon] 龙镇: Report to the committee", "[late] 龙镇: Report to the committee",
          "[missed] 龙镇: Report to the committee", "[late] 龙镇村委会: Report to the branch",
          "[missed] 龙镇村委会: Report to the branch"}
SEEDS = int(os.environ.get("WUHAO_ACCIDENT_SEEDS", "3"))
FIRST, DAYS = datetime.date(2026, 3, 2), 80


class Accidents:
    """What may happen to an office on a day; drawn from a seed."""

    def __init__(self, one, seed):
        self.one, self.chance = one, random.Random(seed)
        self.folder, self.backups, self.restores = os.path.join(one.folder, "backups"), 0, 0
        self.happened = collections.Counter()

    def begin_to_look(self):
        """A run of the job that nobody waits for."""
        threading.Thread(target=self.one.node.cli, args=("plugin", "run", "reminders", "look"),
                         daemon=True).start()

    def kill(self):
        self.begin_to_look()
        threading.Event().wait(self.chance.uniform(0, 0.25))  # the moment is what is drawn
        self.one.node.kill()
        self.one.start()

    def restart(self):
        self.begin_to_look()
        self.one.node.stop()
        self.one.start()

    def reload(self):
        self.begin_to_look()
        self.one.node.cli("plugin", "reload", "reminders")

    def back_up(self):
        self.one.node.ok("backup", "create", self.folder)
        self.backups += 1

    def restore(self):
        if self.backups == 0 or self.restores == 2:
            return
        self.one.look()
        self.restores += 1
        self.one.node.kill()
        shutil.rmtree(self.one.node.home)
        assert self.one.restore(self.folder).code == 0
        self.one.start()

    def jump(self):
        """Far ahead, where the node may send, and back. What was told there a backup from before
        can't know: the one kept limit, see the plugin's README."""
        self.one.at(f"{self.day + datetime.timedelta(days=self.chance.randrange(1, 40))} 09:00")
        self.back_up()

    def nothing(self):
        pass

    def spend(self, day):
        one, self.day = self.one, day
        one.clock.set(f"{day} 09:00")
        mode = self.chance.choice(["take", "take", "take", "refuse", "drop", "swallow"])
        accident = self.chance.choice([self.kill, self.kill, self.kill, self.restart, self.reload,
                                       self.back_up, self.restore, self.jump, self.nothing])
        one.mail.mode = one.hook.mode = mode
        accident()
        self.happened[mode, accident.__name__] += 1
        one.clock.set(f"{day} 10:00")
        one.look()
        one.mail.mode = one.hook.mode = "take"
        one.clock.set(f"{day} 16:00")
        one.look()


def settled(line):
    return line.partition(",")[0]


def assert_all_is_told_once(messages):
    told = collections.Counter(line.partition(", due")[0] for one in messages for line in one.news)
    assert set(told.values()) <= {1}, told
    days = collections.Counter(one.text.splitlines()[0] for one in messages)
    assert set(days.values()) <= {1}, days
    assert set(collections.Counter(one.id for one in messages).values()) <= {1}
    listed = {settled(line) for one in messages for line in one.news + one.doubtful}
    assert listed >= WANTED, WANTED - listed


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_two_months_of_accidents_repeat_nothing_and_leave_nothing_out(tmp_path, programs, seed):
    # pylint: disable=unused-argument
    one = office.Office(tmp_path, f"{FIRST} 07:00")
    try:
        one.add(TOWN, FIRST, f"email={WANG}", "language=en")
        one.add(TOWN, FIRST, f"webhook={one.hook.url}", "language=en")
        one.add(VILLAGE, FIRST, f"email={WANG}", "language=en")
        accidents = Accidents(one, seed)
        for number in range(DAYS):
            day = FIRST + datetime.timedelta(days=number)
            if day.weekday() < 5 or accidents.chance.random() < 0.3:
                accidents.spend(day)
        print(accidents.happened)
        assert_all_is_told_once(one.mail.taken)
        assert_all_is_told_once(one.hook.taken)
    finally:
        one.close()
