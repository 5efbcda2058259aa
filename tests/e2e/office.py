"""One node that reminds: a small tree, two duties, a clock that tests move, servers that take
its messages."""
import datetime
import os
import subprocess
import time

import yaml

import node
import sinks

CITY, COUNTY, TOWN, VILLAGE = "2311", "231182", "231182101", "231182101201"
UNITS = f"""code,name,kind,parent
{CITY},黑河市,city,
{COUNTY},五大连池市,county,{CITY}
{TOWN},龙镇,township,{COUNTY}
{VILLAGE},龙镇村委会,village,{TOWN}
"""
DUTIES = [  # a Friday; and 10 days after each quarter
    {"id": "report_committee", "who": ["township"], "metric": "reports", "due": ["03-20"],
     "title": {"zh": "向党委汇报", "en": "Report to the committee"}},
    {"id": "report_branch", "who": ["village"], "metric": "reports", "every": "quarter",
     "grace_days": 10, "title": {"zh": "向党支部汇报", "en": "Report to the branch"}},
]
SECRET = b"a key of the test"


class Clock:
    """The wall clock of the nodes that are started with its environment; monotonic ones go on."""

    def __init__(self, folder):
        self.path = os.path.join(str(folder), "clock")
        self.environment = {"LD_PRELOAD": node.FAKETIME, "FAKETIME_TIMESTAMP_FILE": self.path,
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
                            # a program with sanitizers wants to be loaded before all others
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def set(self, moment):
        """`moment` is civil time, as in "2026-03-02 09:00"."""
        zone = datetime.timezone(datetime.timedelta(hours=8))
        wanted = datetime.datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(f"{wanted.timestamp() - time.time():+.0f}\n")
        os.replace(self.path + ".new", self.path)


def write_settings(home, **settings):
    folder = os.path.join(home, "plugins.d")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "reminders.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump({"enable": True, "settings": settings}, file)


def issue(city, folder, units=UNITS):
    with open(node.PROGRAMME, encoding="utf-8") as file:
        programme = yaml.safe_load(file)
    programme["duties"] = DUTIES
    with open(os.path.join(str(folder), "programme.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump(programme, file, allow_unicode=True)
    with open(os.path.join(str(folder), "units.csv"), "w", encoding="utf-8") as file:
        file.write(units)
    city.ok("unit", "import", os.path.join(str(folder), "units.csv"))
    city.ok("programme", "issue", os.path.join(str(folder), "programme.yaml"))


class Office:
    """A city's node that serves all of the tree."""

    def __init__(self, folder, now, units=UNITS):
        self.folder, self.clock = str(folder), Clock(folder)
        self.mail, self.hook = sinks.MailSink().start(), sinks.HookSink(SECRET)
        self.clock.set(now)
        self.node = node.Node(os.path.join(self.folder, "city"), CITY, "黑河市", "city").init()
        self.write()
        self.start()
        issue(self.node, self.folder, units)

    def write(self, **settings):
        secret = os.path.join(self.folder, "secret")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(SECRET + b"\n")
        write_settings(self.node.home, **({
            "smtp_url": f"smtp://127.0.0.1:{self.mail.port}", "mail_from": "wuhao@heihe.example",
            "webhook_secret_file": secret} | settings))

    def start(self):
        self.node.start(**self.clock.environment)

    def close(self):
        self.node.kill()
        self.mail.stop()
        self.hook.stop()

    def add(self, unit, since, *fields, person="王某"):
        return self.node.ok("add", "recipient", "--unit", unit, f"date={since}", f"person={person}",
                            *fields, "--csv").split()[-1]

    def report(self, unit, date):
        return self.node.ok("add", "report", "--unit", unit, f"date={date}", "to=branch",
                            "subject=x", "--csv").split()[-1]

    def outbox(self):
        return self.node.rows("reminders", "outbox")

    def wait_ended(self):
        node.wait_until(lambda: all(line["state"] != "sending" for line in self.outbox()), 30,
                        "no message is on its way")

    def look(self):
        """One run of the job, and of what it sends."""
        self.node.ok("wait", "--synced")
        self.node.ok("plugin", "run", "reminders", "look")
        self.wait_ended()

    def at(self, moment):
        """Moves the clock there, and lets the node look."""
        self.clock.set(moment)
        self.look()

    def restore(self, folder):
        """Makes the home anew from a backup, by the clock of the node."""
        environment = {**node.ENVIRONMENT, **self.clock.environment}
        done = subprocess.run([os.path.join(node.BIN, "wuhao"), "restore", folder, "--into",
                               self.node.home], env=environment, capture_output=True, timeout=60,
                              check=False)
        return node.Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def states(self):
        return [(line["channel"], line["state"], line["how"]) for line in self.outbox()]
