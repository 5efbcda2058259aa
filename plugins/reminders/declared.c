/* reminders: what every unit owes, until when, and who is told. The declaration. */
#include "reminders.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define NOTHING {NULL, 0, 0}
#define ANY_LEVEL (WH_LEVEL_CITY | WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)

static const struct wh_metric duty_metrics[] = {
    {"met", {"完成日期", "Day on which a duty was met"}, WH_TO_DATE, WH_MEASURED, 0, 0, NOTHING,
     NOTHING},
};
static const struct wh_choice languages[] = {
    {"zh", {"中文", "Chinese"}}, {"en", {"英文", "English"}},
};
static const struct wh_choice digests[] = {
    {"daily", {"每个工作日", "Every working day"}},
    {"weekly", {"每周第一个工作日", "First working day of the week"}},
};
static const struct wh_field recipient_fields[] = {
    {"person", {"姓名", "Person"}, WH_PERSON, WH_REQUIRED | WH_PERSONAL, 0, 0, NOTHING},
    {"email", {"电子邮箱", "Mail address"}, WH_TEXT, WH_PERSONAL, 0, 0, NOTHING},
    {"webhook", {"推送地址", "Webhook"}, WH_TEXT, WH_PERSONAL, 0, 0, NOTHING},
    {"language", {"语言", "Language"}, WH_CHOICE, 0, 0, 0, WH_LIST(languages)},
    {"digest", {"频率", "How often"}, WH_CHOICE, 0, 0, 0, WH_LIST(digests)},
    {"until", {"截止日期", "Until"}, WH_DATE, 0, 0, 0, NOTHING},
};
static const struct wh_kind kinds[] = {
    {KIND_DUTY, {"职责完成情况", "Duties that were met"}, 0,
     WH_KIND_OPEN_METRICS | WH_KIND_YEARLY | WH_KIND_FROM_ALL | WH_KIND_BY_COMMAND,
     NOTHING, NOTHING, WH_LIST(duty_metrics)},
    {KIND_RECIPIENT, {"提醒接收人", "Who is reminded"}, ANY_LEVEL, WH_KIND_BY_FORM,
     WH_LIST(recipient_fields), NOTHING, NOTHING},
};

static const struct wh_param due_params[] = {
    {"unit", {"单位（默认本单位）", "the unit that owes (default: the home unit)"}, WH_UNIT, 0},
    {"under", {"也列下级单位", "units below it too"}, WH_YESNO, WH_PARAM_SWITCH},
    {"at", {"哪一天（默认今天）：列当年的，以及往年仍未办的",
            "on which day (default: today): lists what is of its year, and what is left of former "
            "ones"}, WH_DATE, 0},
    {"year", {"只列这一年度的", "what is of this year alone"}, WH_INTEGER, 0},
    {"open", {"只列没有办的", "only what is not done"}, WH_YESNO, WH_PARAM_SWITCH},
    {"late", {"只列逾期的和未完成的", "only what is late or missed"}, WH_YESNO, WH_PARAM_SWITCH},
    {"missed", {"只列未完成的", "only what is missed: too late to be met"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
#define TO(flags) {"to", {"接收人姓名", "the recipient, by name"}, WH_TEXT, flags}
static const struct wh_param preview_params[] = {
    TO(0), {"at", {"哪一天（默认今天）", "on which day (default: today)"}, WH_DATE, 0},
};
static const struct wh_param test_params[] = {TO(WH_PARAM_REQUIRED)};
static const struct wh_param calendar_params[] = {
    {"unit", {"单位（默认本单位）", "the unit that owes (default: the home unit)"}, WH_UNIT, 0},
    {"year", {"年度（默认今年）", "the year (default: this one)"}, WH_INTEGER, 0},
    {"out", {"写入的目录", "the folder to write into"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
};
static const struct wh_command commands[] = {
    {"due", {"应办事项", "lists what units owe on a day, done and not"}, WH_LIST(due_params),
     NOTHING,
     WH_PERMIT_READ, 0, "wuhao due --unit 231182108 --under --open"},
    {"reminders preview", {"预览提醒", "lists what would be sent on a day"},
     WH_LIST(preview_params), NOTHING,
     WH_PERMIT_READ, 0, "wuhao reminders preview --to 王某 --at 2026-03-02"},
    {"reminders send", {"立即发送", "sends now, at most one message a day and person"}, NOTHING,
     NOTHING,
     WH_PERMIT_WRITE, 0, "wuhao reminders send"},
    {"reminders outbox", {"发送状态", "lists how the last message to each recipient ended"},
     NOTHING, NOTHING,
     WH_PERMIT_READ, 0, "wuhao reminders outbox"},
    {"reminders test", {"测试发送", "sends one test message to a recipient"}, WH_LIST(test_params),
     NOTHING,
     WH_PERMIT_WRITE, 0, "wuhao reminders test --to 王某"},
    {"reminders calendar", {"日历文件", "writes a calendar of what a unit owes in a year"},
     WH_LIST(calendar_params), NOTHING,
     WH_PERMIT_READ, 0, "wuhao reminders calendar --unit 231182108 --year 2026 --out ."},
};

#define LOOK_BUDGET_MS 60000 /* for all slices; each has its own two seconds */

static const struct wh_job jobs[] = {
    {"look", {"检查应办事项", "looks at what is owed, and tells whom it concerns"}, "every 15m",
     LOOK_BUDGET_MS, 0},
    {"carry", {"发送消息", "brings messages on their way to their end"}, "", 0, 0},
};

#define TEXT(name, zh, en) {name, {zh, en}, WH_TEXT, 0, 0, 0, NULL, NOTHING}
static const struct wh_setting settings[] = {
    TEXT("smtp_url", "邮件服务器 smtp://主机:端口 或 smtps://",
         "the mail server, smtp://host:port or smtps://host:port; none: no mail"),
    TEXT("smtp_user", "邮件服务器用户名（密码只经 TLS 传送）",
         "its user, where it asks for one; a password goes over TLS alone"),
    TEXT("smtp_password_file", "密码文件，仅所有者可读",
         "a file with the password, for its owner's eyes alone"),
    TEXT("mail_from", "发件人地址", "the address that mail comes from"),
    TEXT("webhook_secret_file", "推送签名密钥文件，仅所有者可读",
         "a file with the key that signs webhooks, for its owner's eyes alone"),
    TEXT("ca_file", "信任的证书（默认系统证书）", "certificates to trust (default: the system's)"),
    TEXT("calendar_dir", "日历文件目录", "a folder in which UNIT.ics is kept up to date"),
    {"soon_days", {"提前几天提醒", "days before the due day"}, WH_INTEGER, WH_BOUNDED, 0, 90, "14",
     NOTHING},
    {"escalate_days", {"逾期几天后告知上级", "days late after which the level above hears of it"},
     WH_INTEGER, WH_BOUNDED, 1, 90, "7", NOTHING},
    {"send_at", {"发送时间 HH:MM", "the time of day from which messages go out, HH:MM"}, WH_TEXT, 0,
     0, 0, "08:30", NOTHING},
    {"language", {"日历文件的语言", "the language of the files in calendar_dir"}, WH_CHOICE, 0, 0,
     0, "zh", WH_LIST(languages)},
};

/* clang-format on */

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "reminders",
    .version = "0.2.0",
    .title = {"职责与提醒", "What is due, and who is told"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .jobs = WH_LIST(jobs),
    .settings = WH_LIST(settings),
    .open = reminders_open,
    .close = reminders_close,
    .measure = reminders_measure,
    .command = reminders_command,
    .job = reminders_job,
};
