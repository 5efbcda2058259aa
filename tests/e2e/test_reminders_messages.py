"""Reminders go out once, at their time, to those whom they concern: by mail, webhook, calendar and
on the console. Whatever is restarted, restored or set to another time, nothing comes twice as news
and nothing is left out. The servers that count are in sinks.py, the node in office.py."""
import collections
import datetime
import os
import re
import shutil
import ssl
import subprocess

import icalendar
import pytest
import yaml

import node
import office
import sinks
from office import COUNTY, TOWN, VILLAGE

WANG, LI = "wang@heihe.example", "li@heihe.example"
SOON, LATE, MISSED = "[due soon] 龙镇: Report to the committee", \
    "[late] 龙镇: Report to the committee", "[missed] 龙镇: Report to the committee"


@pytest.fixture(name="offices")
def offices_fixture(tmp_path, programs):  # pylint: disable=unused-argument
    """offices(now) -> an Office; closed at last."""
    made = []

    def offices(now="2026-03-02 07:00", units=office.UNITS):
        made.append(office.Office(tmp_path, now, units))
        return made[-1]
    yield offices
    for one in made:
        one.close()


def stages(lines):
    """The lines without period and days."""
    return [line.partition(",")[0] for line in lines]


def news(messages):
    """What was told as news, in order, of all of these messages."""
    return [stage for one in messages for stage in stages(one.news)]


def assert_told_once(messages):
    """No message came twice, no day had two, and nothing was news twice."""
    ids = collections.Counter(one.id for one in messages)
    assert set(ids.values()) <= {1}, ids
    days = collections.Counter(one.text.splitlines()[0] for one in messages)
    assert set(days.values()) <= {1}, days
    told = collections.Counter(line.partition(", due")[0] for one in messages for line in one.news)
    assert set(told.values()) <= {1}, told


# ---- Stages and times ----

@pytest.mark.quick
def test_each_stage_is_told_once_in_a_digest_with_what_is_open(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.at("2026-03-02 09:00")
    assert one.mail.taken == []
    for moment, told in (("2026-03-06 09:00", [SOON]), ("2026-03-09 09:00", []),
                         ("2026-03-23 09:00", [LATE]), ("2026-03-24 09:00", []),
                         ("2026-04-13 09:00", []), ("2026-04-16 09:00", []),
                         ("2026-04-17 09:00", ["[late] 龙镇村委会: Report to the branch"]),
                         ("2026-04-20 09:00", [MISSED]), ("2026-04-21 09:00", [])):
        before = len(one.mail.taken)
        one.at(moment)
        one.look()
        assert news(one.mail.taken[before:]) == told, moment
    assert stages(one.mail.taken[2].open) == [LATE]
    assert stages(one.mail.taken[3].open) == ["[late] 龙镇村委会: Report to the branch"]
    assert_told_once(one.mail.taken)


def test_a_mail_is_whole_and_holds_no_name(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=zh", person="王小明")
    one.at("2026-03-06 09:00")
    mail = one.mail.taken[0]
    assert mail.title == "【五好】龙镇：新提醒 1 项，未办 1 项"
    assert sinks.decoded(mail.raw) == mail.text.replace("\r\n", "\n")
    assert "- [即将到期] 龙镇：向党委汇报，2026-1，期限 2026-03-20，还有 14 天" in mail.text
    assert mail.raw.isascii() and max(map(len, mail.raw.splitlines())) <= 78
    assert "王小明" not in mail.text + mail.title
    with open(one.node.home + ".log", encoding="utf-8") as file:
        log = file.read()
    assert "reminders.sent" in log
    assert WANG not in log and "王小明" not in log and "heihe.example" not in log


def test_quiet_hours_and_days_of_rest_wait_for_the_next_working_morning(offices):
    one = offices("2026-04-03 21:00")  # a Friday evening before three days of rest
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    for moment in ("2026-04-03 21:10", "2026-04-04 09:00", "2026-04-05 10:00", "2026-04-06 09:00",
                   "2026-04-07 07:50", "2026-04-07 08:20"):
        one.at(moment)
        assert one.mail.taken == [], moment
    one.at("2026-04-07 08:31")
    assert news(one.mail.taken) == [LATE]


def test_a_rest_day_that_is_worked_is_a_working_day(offices):
    one = offices("2026-02-27 07:00")
    one.add(TOWN, "2026-02-20", f"email={WANG}", "language=en")
    one.write(soon_days=20)
    one.node.ok("plugin", "reload", "reminders")
    one.at("2026-02-28 09:00")  # a Saturday that the programme works
    assert news(one.mail.taken) == [SOON]


def test_without_being_asked_the_node_sends_at_its_time(offices):
    one = offices("2026-03-06 08:29")
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.look()
    one.node.ok("status")
    assert one.mail.taken == []
    one.clock.set("2026-03-06 08:30")
    node.wait_until(lambda: one.node.ok("status") and one.mail.taken, 20,
                    "the digest of half past eight")
    assert news(one.mail.taken) == [SOON]


def test_a_weekly_digest_goes_out_on_the_first_working_day_of_the_week(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en", "digest=weekly")
    one.at("2026-03-02 09:00")  # nothing: the week is settled
    for day, told in (("03-06", 0), ("03-09", 1), ("03-10", 1), ("03-23", 2), ("04-06", 2),
                      ("04-07", 2), ("04-13", 2), ("04-17", 2), ("04-20", 3), ("04-21", 3)):
        one.at(f"2026-{day} 09:00")
        assert len(one.mail.taken) == told, day
    assert stages(one.mail.taken[2].news) == [MISSED, "[late] 龙镇村委会: Report to the branch"]
    assert_told_once(one.mail.taken)


def test_a_failed_weekly_digest_comes_later_in_the_week(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en", "digest=weekly")
    one.mail.mode = "refuse"
    one.at("2026-03-09 09:00")
    one.mail.mode = "take"
    one.at("2026-03-11 09:00")
    assert news(one.mail.taken) == [SOON]


# ---- Who ----

@pytest.mark.quick
def test_what_is_done_settles_itself_everywhere(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.at("2026-03-23 09:00")
    assert news(one.mail.taken) == [LATE]
    assert [line["unit"] for line in one.node.rows("notices")] == [TOWN]
    one.report(TOWN, "2026-03-23")
    one.at("2026-04-17 09:00")
    assert news(one.mail.taken[1:]) == ["[late] 龙镇村委会: Report to the branch"]
    assert one.mail.taken[1].open == []
    assert [line["unit"] for line in one.node.rows("notices")] == [VILLAGE]
    one.report(VILLAGE, "2026-04-17")
    one.at("2026-04-20 09:00")
    assert one.node.rows("notices") == [] and len(one.mail.taken) == 2


def test_notices_of_many_units_are_bounded_and_settled_again(offices):
    villages = "".join(f"{TOWN}3{number:03},村{number},village,{TOWN}\n" for number in range(260))
    one = offices("2026-04-13 09:00", office.UNITS + villages)
    one.look()
    notices = {line["key"]: line for line in one.node.rows("notices")}
    assert len(notices) == 201  # the township, its villages, and one for those that are left
    assert "62 more units: 62" in notices["late/more"]["text"]
    assert "late duties: 1 " in notices[f"late/{TOWN}"]["text"]
    one.at("2026-04-14 09:00")
    assert {line["key"]: line for line in one.node.rows("notices")} == notices
    with open(os.path.join(one.folder, "report.csv"), "w", encoding="utf-8") as file:
        file.write("unit,date,to,subject\n")
        file.writelines(f"{TOWN}3{number:03},2026-04-14,branch,x\n" for number in range(250))
    one.node.ok("import", "report", os.path.join(one.folder, "report.csv"))
    one.at("2026-04-15 09:00")
    assert {line["key"] for line in one.node.rows("notices")} == {
        f"late/{TOWN}", f"late/{VILLAGE}"} | {
            f"late/{TOWN}3{number}" for number in range(250, 260)}


def test_one_address_gets_one_message_for_all_its_records(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(VILLAGE, "2026-03-02", "email=Wang@heihe.example", "language=en")
    one.add(COUNTY, "2026-03-02", f"email={LI}", "language=en")
    one.at("2026-04-10 09:00")
    assert sorted(stages(one.mail.to(WANG)[0].news)) == [
        "[due soon] 龙镇村委会: Report to the branch", LATE]
    assert stages(one.mail.to(LI)[0].news) == [LATE]
    for day in (13, 17):  # late for the village, then for the township as well: it is one person
        one.at(f"2026-04-{day} 09:00")
        assert news(one.mail.to(WANG)[1:]) == ["[late] 龙镇村委会: Report to the branch"], day
    one.at("2026-04-27 09:00")  # two weeks late: the county hears of the village too
    assert len(one.mail.to(LI)) == 2 and len(one.mail.to(WANG)) == 3
    assert "[late] 龙镇村委会: Report to the branch" in stages(one.mail.to(LI)[1].news)
    for address in (WANG, LI):
        assert_told_once(one.mail.to(address))


def test_a_recipient_is_told_until_its_last_day_and_not_what_was_missed_before(offices):
    one = offices("2026-05-06 07:00")
    one.add(TOWN, "2026-05-06", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"email={LI}", "language=en", "until=2026-05-05")
    one.at("2026-05-06 09:00")
    assert news(one.mail.taken) == ["[late] 龙镇村委会: Report to the branch"]
    assert one.mail.to(LI) == []


def test_what_is_late_in_a_township_reaches_the_countys_people_by_the_countys_node(tmp_path,
                                                                                   programs):
    # pylint: disable=unused-argument
    clock, mail = office.Clock(tmp_path), sinks.MailSink().start()
    tree = node.Tree(tmp_path, ("city", "wudalianchi", "long-zhen"))
    clock.set("2026-03-02 07:00")
    try:
        for one in tree.nodes.values():
            one.init()
            office.write_settings(one.home, smtp_url=f"smtp://127.0.0.1:{mail.port}",
                                  mail_from="wuhao@heihe.example")
            one.start(**clock.environment)
        office.issue(tree["city"], tmp_path)
        tree["wudalianchi"].join(tree["city"])
        tree["long-zhen"].join(tree["wudalianchi"])
        county, town = tree["wudalianchi"], tree["long-zhen"]
        county.ok("add", "recipient", "--unit", COUNTY, "date=2026-03-02", "person=李某",
                  f"email={LI}", "language=en")
        town.ok("add", "recipient", "--unit", TOWN, "date=2026-03-02", "person=王某",
                f"email={WANG}", "language=en")
        for moment, of_town, of_county in (("2026-03-23 09:00", 1, 0), ("2026-03-27 09:00", 1, 1)):
            clock.set(moment)
            for one in (town, county):
                one.ok("plugin", "run", "reminders", "look")
            node.wait_until(lambda t=of_town, c=of_county: (len(mail.to(WANG)), len(mail.to(LI))) ==
                            (t, c), 20, f"{of_town} and {of_county} messages, {mail.taken}")
        assert news(mail.to(LI)) == [LATE]
        town.ok("add", "report", "--unit", TOWN, "date=2026-03-27", "to=branch", "subject=x")
        town.wait_synced()
        clock.set("2026-04-22 09:00")  # nothing but the village is left
        for one in (town, county):
            one.ok("plugin", "run", "reminders", "look")
        node.wait_until(lambda: len(mail.to(WANG)) == 2, 20, "the township hears of its village")
        assert news(mail.to(LI)) == [LATE]
    finally:
        tree.close()
        mail.stop()


# ---- Servers that fail ----

def test_a_server_that_is_down_is_tried_again_and_said(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    one.mail.stop()
    one.at("2026-03-06 09:00")
    assert one.states() == [("mail", "waiting", "unreachable"), ("webhook", "sent", "sent")]
    assert any("did not arrive" in line["text"] for line in one.node.rows("notices"))
    one.at("2026-03-06 09:04")  # not yet
    assert one.outbox()[0]["tries"] == 1
    one.at("2026-03-06 09:06")
    assert one.outbox()[0]["tries"] == 2
    one.mail.start()
    one.at("2026-03-06 09:30")
    assert news(one.mail.taken) == [SOON] and len(one.hook.taken) == 1
    assert one.states()[0] == ("mail", "sent", "sent")
    assert one.node.rows("notices") == []


@pytest.mark.parametrize("mode", ["refuse", "drop"])
def test_what_a_server_has_certainly_not_taken_comes_once_when_it_does(offices, mode):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    one.mail.mode = mode
    one.hook.mode = "refuse"
    one.at("2026-03-06 09:00")
    assert [state[1] for state in one.states()] == ["waiting", "waiting"]
    one.mail.mode = one.hook.mode = "take"
    one.at("2026-03-06 10:00")
    assert news(one.mail.taken) == [SOON] and news(one.hook.taken) == [SOON]
    one.at("2026-03-09 09:00")
    assert len(one.mail.taken) == len(one.hook.taken) == 1


def test_what_a_server_took_without_a_word_is_not_sent_again_but_listed(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    one.mail.mode = one.hook.mode = "swallow"
    one.at("2026-03-06 09:00")
    assert one.states() == [("mail", "unknown", "no-answer"), ("webhook", "unknown", "no-answer")]
    one.mail.mode = one.hook.mode = "take"
    one.at("2026-03-06 10:00")
    assert len(one.mail.taken) == len(one.hook.taken) == 1
    one.at("2026-03-09 09:00")
    for sink in (one.mail, one.hook):
        assert len(sink.taken) == 2
        assert sink.taken[1].news == [] and stages(sink.taken[1].doubtful) == [SOON]
        assert_told_once(sink.taken)
    one.at("2026-03-10 09:00")
    assert len(one.mail.taken) == 2


def test_a_server_that_stalls_holds_up_neither_the_node_nor_others(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    one.mail.mode = "stall"
    one.clock.set("2026-03-06 09:00")
    one.node.ok("plugin", "run", "reminders", "look")
    node.wait_until(lambda: one.states()[1][1] == "sent", 10, "the webhook is not held up")
    for _ in range(20):
        one.node.ok("status", timeout_s=1)
        assert one.states()[0][1] == "sending"
    one.mail.go.set()
    one.wait_ended()
    assert news(one.mail.taken) == [SOON]


def certificate(folder):
    """A certificate of 127.0.0.1 that nobody signed, and a TLS context with it."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30000",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def with_password(one, password=b"an old password", **settings):
    path = os.path.join(one.folder, "password")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(password + b"\n")
    one.mail.password = b"an old password"
    one.mail.stop()
    one.mail.start()
    one.write(smtp_user="wuhao", smtp_password_file=path, **settings)
    one.node.ok("plugin", "reload", "reminders")


@pytest.mark.parametrize("trusted", [True, False])
def test_a_password_goes_over_tls_to_a_server_that_is_trusted(offices, trusted):
    one = offices("2026-11-20 07:00")  # a certificate is valid from the day that it is made
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    cert, one.mail.tls = certificate(one.folder)
    one.clock.set(f"{datetime.date.today() + datetime.timedelta(days=2)} 07:00")
    with_password(one, **({"ca_file": cert} if trusted else {}))
    one.node.ok("reminders", "test", "--to", "王某")
    node.wait_until(lambda: [state for state in one.states() if state[1] == "test"], 20, "its end")
    assert one.mail.logins == ([(b"wuhao", b"an old password")] if trusted else [])
    assert len(one.mail.taken) == (1 if trusted else 0)
    assert one.states()[-1][2] == ("sent" if trusted else "curl-60")


def test_a_password_is_not_said_in_the_clear(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    with_password(one)
    one.at("2026-03-06 09:00")
    assert one.mail.logins == [] and one.mail.taken == []
    assert one.states() == [("mail", "waiting", "curl-64")]


# ---- Crashes, restarts, reloads ----

@pytest.mark.parametrize("delivered", [True, False])
def test_a_node_killed_before_the_server_answers_sends_no_second_copy(offices, delivered):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "mute" if delivered else "stall"
    one.clock.set("2026-03-06 09:00")
    one.node.ok("plugin", "run", "reminders", "look")
    node.wait_until(lambda: one.mail.waiting, 10, "the server has all of the message")
    one.node.kill()
    one.mail.go.set()
    one.mail.mode = "take"
    one.start()
    one.look()
    one.at("2026-03-06 15:00")
    first = one.mail.taken[:]
    assert len(first) == (1 if delivered else 0)
    one.at("2026-03-09 09:00")
    assert len(one.mail.taken) == len(first) + 1
    assert stages(one.mail.taken[-1].doubtful) == [SOON] and one.mail.taken[-1].news == []
    assert_told_once(one.mail.taken)
    one.at("2026-03-10 09:00")
    assert len(one.mail.taken) == len(first) + 1


def test_a_node_killed_before_the_last_byte_sends_it_once_with_the_same_id(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "hold"  # at the address
    one.clock.set("2026-03-06 09:00")
    one.node.ok("plugin", "run", "reminders", "look")
    node.wait_until(lambda: one.mail.attempts == 1, 10, "the server has the address")
    one.node.kill()
    one.mail.go.set()
    one.mail.mode = "take"
    one.start()
    one.look()
    assert news(one.mail.taken) == [SOON]
    one.look()
    assert len(one.mail.taken) == 1


def test_restarts_and_reloads_send_nothing_twice(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    for moment in ("2026-03-06 09:00", "2026-03-23 09:00", "2026-04-20 09:00"):
        one.at(moment)
        one.node.ok("plugin", "reload", "reminders")
        one.look()
        one.node.kill()
        one.start()
        one.look()
        one.node.ok("plugin", "disable", "reminders")
        one.node.ok("plugin", "enable", "reminders")
        one.node.stop()
        one.start()
        one.look()
    assert news(one.mail.taken)[:2] == [SOON, LATE] and MISSED in news(one.mail.taken)
    assert len(one.mail.taken) == len(one.hook.taken) == 3
    assert_told_once(one.mail.taken)
    assert_told_once(one.hook.taken)


def test_a_plugin_that_is_reloaded_while_a_server_stalls_goes_at_once(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "stall"
    one.clock.set("2026-03-06 09:00")
    one.node.ok("plugin", "run", "reminders", "look")
    node.wait_until(lambda: one.mail.waiting, 10, "the server has all of the message")
    began = datetime.datetime.now()
    one.node.ok("plugin", "reload", "reminders")
    assert datetime.datetime.now() - began < datetime.timedelta(seconds=5)
    one.mail.go.set()
    one.mail.mode = "take"
    one.look()
    one.at("2026-03-09 09:00")
    assert_told_once(one.mail.taken)
    assert stages(one.mail.taken[-1].doubtful) == [SOON]


# ---- Clocks ----

def test_a_clock_that_goes_a_month_forward_and_back_repeats_nothing_and_skips_nothing(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.at("2026-03-02 09:00")
    one.at("2026-04-08 09:00")  # by mistake
    assert news(one.mail.taken) == [LATE]
    one.at("2026-03-02 10:00")
    assert len(one.mail.taken) == 1
    one.at("2026-03-06 09:00")
    assert news(one.mail.taken) == [LATE, SOON]  # it was not told yet
    for day in range(9, 32):
        one.at(f"2026-03-{day:02} 09:00")
    for day in range(1, 31):
        one.at(f"2026-04-{day:02} 09:00")
    assert sorted(news(one.mail.taken)) == sorted([
        LATE, SOON, "[late] 龙镇村委会: Report to the branch", MISSED])
    assert_told_once(one.mail.taken)


def test_a_running_node_whose_clock_goes_back_sends_when_the_day_comes(offices):
    one = offices("2026-04-06 07:00")
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.clock.set("2026-03-06 08:20")
    one.node.ok("status")
    one.clock.set("2026-03-06 08:36")
    node.wait_until(lambda: one.node.ok("status") and one.mail.taken, 20,
                    "the job is not put off by a month")
    assert news(one.mail.taken) == [SOON]


def test_a_doubt_that_ended_ahead_of_time_does_not_come_back_as_news(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "swallow"
    one.at("2026-03-06 09:00")
    one.mail.mode = "take"
    one.at("2026-03-25 09:00")  # by mistake: what was soon is late
    assert news(one.mail.taken) == [SOON, LATE]
    for day in (9, 10, 23, 24):
        one.at(f"2026-03-{day:02} 09:00")
    assert news(one.mail.taken) == [SOON, LATE]
    assert_told_once(one.mail.taken)


def test_a_doubt_of_days_to_come_lasts_until_they_come(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "swallow"
    one.at("2026-03-25 09:00")  # by mistake
    one.mail.mode = "take"
    one.at("2026-03-06 09:00")
    assert one.mail.taken[1].news == [] and stages(one.mail.taken[1].doubtful) == [SOON]
    one.at("2026-03-23 09:00")
    assert one.mail.taken[2].news == [] and stages(one.mail.taken[2].doubtful) == [LATE]
    one.at("2026-04-20 09:00")
    assert MISSED in news(one.mail.taken[3:])
    assert_told_once(one.mail.taken)


# ---- Restores ----

@pytest.mark.parametrize("days_later", [["2026-03-24 09:00"], ["2026-03-23 15:00"]])
def test_a_home_restored_from_an_old_backup_repeats_nothing_and_skips_nothing(offices, days_later):
    one = offices()
    folder, home = os.path.join(one.folder, "backups"), one.node.home
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.at("2026-03-02 09:00")
    one.node.ok("backup", "create", folder)
    one.at("2026-03-06 09:00")
    assert news(one.mail.taken) == [SOON]
    one.node.kill()  # and what becomes late on the 21st is told by nobody
    shutil.rmtree(home)
    one.clock.set("2026-03-23 10:00")
    restored = one.restore(folder)
    assert restored.code == 0, restored
    one.start()
    one.look()
    assert len(one.mail.taken) == 1  # the day of the restore may have had its message
    for moment in days_later + ["2026-03-25 09:00", "2026-03-26 09:00"]:
        one.at(moment)
    assert len(one.mail.taken) == 2
    assert one.mail.taken[1].news == [] and stages(one.mail.taken[1].doubtful) == [LATE]
    one.at("2026-04-20 09:00")
    assert MISSED in news(one.mail.taken)
    assert_told_once(one.mail.taken)
    one.node.kill()
    one.start()
    one.look()
    assert len(one.mail.taken) == 3


# ---- Commands ----

@pytest.mark.quick
def test_preview_tells_what_send_then_sends(offices):
    one = offices("2026-03-07 10:00")  # a Saturday
    recipient = one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    shown = one.node.rows("reminders", "preview", "--to", "王某")
    assert [(line["recipient"], line["section"], line["stage"], line["duty"])
            for line in shown] == [(recipient, "new", "soon", "report_committee")]
    refused = one.node.cli("reminders", "preview", "--to", "李某")
    assert refused.code == 3 and "none of that name" in refused.err
    assert "nothing would be sent" in one.node.cli("reminders", "preview", "--at",
                                                   "2026-03-03").err + one.node.ok(
        "reminders", "preview", "--at", "2026-03-03")
    one.look()
    assert one.mail.taken == []
    one.node.ok("reminders", "send")
    node.wait_until(lambda: one.mail.taken, 10, "it is sent on a Saturday where one asks for it")
    one.wait_ended()
    one.node.ok("reminders", "send")
    one.look()
    assert news(one.mail.taken) == [SOON]


def test_a_test_message_arrives_and_counts_for_nothing(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=zh")
    one.node.ok("reminders", "test", "--to", "王某")
    node.wait_until(lambda: one.mail.taken, 10, "the test message")
    assert one.mail.taken[0].title == "【五好】龙镇：测试消息"
    node.wait_until(lambda: ("mail", "test", "sent") in one.states(), 10, "the outbox knows it")
    refused = one.node.cli("reminders", "test", "--to", "无人")
    assert refused.code == 3 and "none of that name" in refused.err
    one.at("2026-03-06 09:00")
    assert len(one.mail.taken) == 2


def events(path):
    with open(path, "rb") as file:
        calendar = icalendar.Calendar.from_ical(file.read())
    assert not [one.errors for one in calendar.walk() if one.errors]
    for event in calendar.walk("VEVENT"):
        assert event["DTSTAMP"].dt.utcoffset() == datetime.timedelta(0), event["DTSTAMP"]
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


@pytest.mark.quick
def test_a_calendar_is_read_by_another_library_and_keeps_its_ids(offices):
    one = offices()
    one.report(VILLAGE, "2026-03-02")
    one.node.ok("wait", "--synced")
    one.node.ok("reminders", "calendar", "--unit", VILLAGE, "--year", 2026, "--out", one.folder)
    found = events(os.path.join(one.folder, f"{VILLAGE}.ics"))
    with open(os.path.join(one.folder, f"{VILLAGE}.ics"), "rb") as file:
        before = file.read()
        with_ids = icalendar.Calendar.from_ical(before)
    assert len(with_ids.walk("VEVENT")) == 4
    assert set(found) == {"✓ Report to the branch", "Report to the branch"}
    done = found["✓ Report to the branch"]
    assert done["DTSTART"].dt == datetime.date(2026, 4, 10)
    assert done["STATUS"] == "CONFIRMED" and "done" in done["CATEGORIES"].to_ical().decode()
    ids = {str(event["UID"]) for event in with_ids.walk("VEVENT")}
    assert len(ids) == 4
    one.clock.set("2026-03-03 09:00")
    one.node.ok("reminders", "calendar", "--unit", VILLAGE, "--year", 2026, "--out", one.folder)
    for year in (9999, 2024, -1):
        refused = one.node.cli("reminders", "calendar", "--unit", VILLAGE, "--year", year, "--out",
                               one.folder)
        assert refused.code == 3 and f"no programme for {year}" in refused.err, refused
    with open(os.path.join(one.folder, f"{VILLAGE}.ics"), "rb") as file:
        assert file.read() == before


def test_feeds_follow_what_is_done_and_are_left_alone_otherwise(offices):
    one = offices()
    feeds = os.path.join(one.folder, "feeds")
    os.mkdir(feeds)
    one.write(calendar_dir=feeds)
    one.node.ok("plugin", "reload", "reminders")
    one.look()
    assert sorted(os.listdir(feeds)) == [f"{office.CITY}.ics", f"{COUNTY}.ics"]
    path = os.path.join(feeds, f"{COUNTY}.ics")
    before = os.stat(path)
    one.look()
    assert os.stat(path).st_ino == before.st_ino
    assert events(path) == {} and events(path.replace(COUNTY, office.CITY)) == {}


@pytest.mark.quick
def test_settings_and_addresses_that_are_none_are_refused_or_left_out(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", "email=wang@heihe.example> RCPT TO:<x@y.example", "language=en")
    one.add(TOWN, "2026-03-02", "webhook=file:///etc/passwd", "language=en", person="李某")
    one.at("2026-03-06 09:00")
    assert "2 addresses are neither" in one.node.cli("reminders", "outbox").err
    assert one.states() == [("mail", "unusable", "bad-email"), ("webhook", "unusable",
                                                                "bad-webhook")]
    assert one.mail.attempts == 0
    assert re.search(r"reminders\.no_address", one.node.log())


@pytest.mark.quick
def test_a_setting_that_is_wrong_is_refused_and_the_former_ones_go_on(offices, tmp_path):
    one = offices()
    path = os.path.join(one.node.home, "plugins.d", "reminders.yaml")
    for words, value, why in (
            ("send_at", "25:00", "not a time of day"), ("smtp_url", "http://x", "mail server"),
            ("send_at", "21:00", "quiet hours (20:00 to 08:00)"),
            ("mail_from", "nobody", "not a mail address"), ("soon_days", -1, "between 0 and 90"),
            ("mail_from", "not an address", "not a mail address"),
            ("calendar_dir", "feeds", "not a whole path")):
        one.write(**{words: value})
        with open(path, encoding="utf-8") as file:
            line = [text.split(":")[0].strip() for text in file].index(words) + 1
        refused = one.node.cli("plugin", "reload", "reminders")
        assert refused.code == 1 and f"reminders.yaml:{line}: setting {words}: " in refused.err
        assert why in refused.err and "the former goes on" in refused.err, refused
        shown = {line["name"]: line for line in one.node.rows("plugin", "list")}["reminders"]
        assert shown["state"] == "on" and "the former goes on" in shown["reason"]
        assert one.node.cli("due", "--unit", TOWN).code == 0
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.at("2026-03-06 09:00")  # by the settings that were right
    assert news(one.mail.taken) == [SOON]
    one.write(send_at="07:00", calendar_dir=str(tmp_path))  # waits for the end of the quiet hours
    assert one.node.cli("plugin", "reload", "reminders").code == 0
    one.write(mail_from="", smtp_url="")
    assert one.node.cli("plugin", "reload", "reminders").code == 0
    one.write(send_at="25:00")
    one.node.stop()
    one.start()
    shown = {line["name"]: line for line in one.node.rows("plugin", "list")}["reminders"]
    assert shown["state"] == "failed" and "setting send_at: not a time" in shown["reason"]


def notice(one, key):
    return next((line["text"] for line in one.node.rows("notices") if line["key"] == key), None)


def test_a_folder_for_calendars_that_is_not_there_is_told_until_it_is(offices):
    one = offices()
    feeds = os.path.join(one.folder, "feeds")
    one.write(calendar_dir=feeds)
    one.node.ok("plugin", "reload", "reminders")
    one.look()
    assert f"written into {feeds} (No such file" in notice(one, "fault/calendar_dir")
    assert "reminders.feed_failed" in one.node.log()
    os.mkdir(feeds)
    one.look()
    assert notice(one, "fault/calendar_dir") is None and len(os.listdir(feeds)) == 2


def test_quiet_hours_that_come_later_leave_the_plugin_on_and_are_told(offices):
    one = offices()
    one.write(send_at="19:30")
    one.node.ok("plugin", "reload", "reminders")
    one.look()
    assert notice(one, "fault/send_at") is None
    with open(os.path.join(one.folder, "programme.yaml"), encoding="utf-8") as file:
        programme = yaml.safe_load(file)
    programme["programme"]["calendar"]["quiet_hours"] = "19:00-08:00"
    with open(os.path.join(one.folder, "programme.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump(programme, file, allow_unicode=True)
    one.node.ok("programme", "issue", os.path.join(one.folder, "programme.yaml"))
    one.look()
    assert "19:30 lies in the programme's quiet hours" in notice(one, "fault/send_at")
    one.node.stop()
    one.start()
    assert one.node.cli("due").code == 0
    one.write()
    one.node.ok("plugin", "reload", "reminders")
    one.look()
    assert notice(one, "fault/send_at") is None


@pytest.mark.quick
def test_a_recipient_who_cannot_be_told_is_named_with_the_reason(offices):
    one = offices()
    for person, field, why in (("甲", "email=not-an-address", "email is not a mail address"),
                               ("乙", "email=a@b.cn, evil@x.cn", "email is not a mail address"),
                               ("丙", "webhook=gopher://x.cn/", "webhook is not an http://"),
                               ("丁", "language=en", "neither a mail address nor a webhook")):
        record = one.add(TOWN, "2026-03-02", field, person=person)
        for command in ("test", "preview"):
            refused = one.node.cli("reminders", command, "--to", person)
            assert refused.code == 4 and record in refused.err and why in refused.err, refused
        one.look()
        told = notice(one, "fault/recipients")
        assert (record in told and why in told) or "and 1 more" in told
        assert (record, "unusable") in {(line["recipient"], line["state"])
                                        for line in one.outbox()}
    assert "3 addresses are neither of mail nor of the web, 1 recipients have none" in \
        one.node.cli("reminders", "outbox").err
    for line in one.node.rows("list", "recipient"):
        one.node.ok("edit", line["id"], f"email={WANG}", "webhook=")
    one.look()
    assert notice(one, "fault/recipients") is None
    assert "neither" not in one.node.cli("reminders", "outbox").err


@pytest.mark.quick
def test_each_of_those_who_share_an_address_is_found_by_name(offices):
    one = offices("2026-03-06 07:00")
    ids = {person: one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en", person=person)
           for person in ("甲", "乙", "丙")}
    for person, record in ids.items():
        assert {line["recipient"] for line in one.node.rows("reminders", "preview", "--to",
                                                            person)} == {record}
        before = len(one.mail.taken)
        one.node.ok("reminders", "test", "--to", person)
        node.wait_until(lambda before=before: len(one.mail.taken) == before + 1, 10, person)


@pytest.mark.quick
def test_a_notice_counts_what_the_command_that_it_names_lists(offices):
    one = offices("2026-04-13 09:00")
    one.look()
    for line in one.node.rows("notices"):
        command = re.search(r"`wuhao ([^`]+)`", line["text"]).group(1).split()
        counts = re.findall(r": (\d+)", line["text"])
        assert sum(map(int, counts)) == len(one.node.rows(*command)), line
    assert "late duties: 1, missed: 1 (see" in notice(one, f"late/{VILLAGE}")  # of 2025Q4 too
    assert "1 项职责逾期，1 项未完成（" in one.node.chinese("notices").out


@pytest.mark.quick
def test_the_outbox_is_read_in_the_language_of_its_reader(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"email={WANG}", "language=en")
    one.mail.mode = "refuse"
    one.at("2026-03-06 09:00")
    assert "服务器答复 4" in one.node.chinese("reminders", "outbox").out
    assert "answer-4" in one.states()[0][2]
    one.mail.mode = "take"
    one.at("2026-03-09 09:00")
    shown = one.node.chinese("reminders", "outbox").out
    assert "已送达" in shown and "sent" not in shown


def test_a_secret_that_others_can_read_is_not_used(offices):
    one = offices()
    one.add(TOWN, "2026-03-02", f"webhook={one.hook.url}", "language=en")
    os.chmod(os.path.join(one.folder, "secret"), 0o644)
    one.at("2026-03-06 09:00")
    assert one.states() == [("webhook", "waiting", "no-webhook_secret")]
    assert one.hook.attempts == 0
