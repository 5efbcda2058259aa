/* reminders: what every unit owes, until when. The declaration. */
#include "reminders.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define NOTHING {NULL, 0, 0}

static const struct wh_metric duty_metrics[] = {
    {"met", {"完成日期", "Day on which a duty was met"}, WH_TO_DATE, WH_MEASURED, 0, 0, NOTHING,
     NOTHING},
};
static const struct wh_kind kinds[] = {
    {KIND_DUTY, {"职责完成情况", "Duties that were met"}, 0,
     WH_KIND_OPEN_METRICS | WH_KIND_YEARLY | WH_KIND_FROM_ALL | WH_KIND_BY_COMMAND,
     NOTHING, NOTHING, WH_LIST(duty_metrics)},
};
static const struct wh_param due_params[] = {
    {"unit", {"单位（默认本单位）", "the unit that owes (default: the home unit)"}, WH_UNIT, 0},
    {"under", {"也列下级单位", "units below it too"}, WH_YESNO, WH_PARAM_SWITCH},
    {"at", {"哪一天（默认今天）", "on which day (default: today); its year is shown"}, WH_DATE, 0},
    {"open", {"只列未完成的", "only what is not done"}, WH_YESNO, WH_PARAM_SWITCH},
    {"late", {"只列逾期的", "only what is late or missed"}, WH_YESNO, WH_PARAM_SWITCH},
};
static const struct wh_command commands[] = {
    {"due", {"应办事项", "lists what units owe in a year, done and not"}, WH_LIST(due_params),
     NOTHING,
     WH_PERMIT_READ, 0, "wuhao due --unit 231182108 --under --open"},
};

/* clang-format on */

static int reminders_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int reminders_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    return measure_met(self, cell, fail);
}

static int reminders_command(void *self, uint32_t index, struct wh_call *call,
                             struct wh_failure *fail)
{
    struct talk talk = {self, call, fail};
    int rc = talk.host->reply_columns(call, due_columns, fail);
    (void)index;
    return rc < 0 ? rc : run_due(&talk);
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "reminders",
    .version = "0.1.0",
    .title = {"职责与提醒", "What is due, and who is told"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = reminders_open,
    .measure = reminders_measure,
    .command = reminders_command,
};
