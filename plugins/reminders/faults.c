/* Notices of what somebody has to mend: recipients who can't be told, a folder that can't be
 * written to, a time of day at which nothing is sent. */
#include "fingerprint.h"
#include "state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define RECIPIENTS_NAMED_MAX 3 /* the rest is counted */

/* What a notice says, as long as it holds; empty: nothing is wrong. */
struct fault {
    const char *key;
    struct wh_span unit;
    char zh[900];
    char en[900];
};

/* The keys know what stands, so that nothing is written while nothing changes. */
static int show(const struct wh_host *host, const struct fault *fault, struct wh_failure *fail)
{
    struct wh_notice notice = {.key = wh_span_of(fault->key),
                               .unit = fault->unit,
                               .zh = wh_span_of(fault->zh),
                               .en = wh_span_of(fault->en),
                               .severity = WH_NOTICE_WARN};
    int64_t now = fault->en[0] ? (int64_t)(fingerprint_number(fault->en) >> 1) : 0, stands = 0;
    int rc = number_read(host, fault->key, &stands, fail);
    if (rc < 0 || stands == now) return rc;
    rc = number_write(host, fault->key, now, fail);
    if (rc < 0) return rc;
    if (now == 0) return host->notice_settle(host->self, notice.key, fail);
    return host->notice_post(host->self, &notice, fail);
}

/* ---- Recipients ---- */

/* By the ids of their records: names are personal. */
static void say_untold(const struct recipients *recipients, struct fault *fault)
{
    uint32_t count = recipients->untold_count;
    struct text zh = {NULL, 0, 0, 0}, en = {NULL, 0, 0, 0};
    if (count == 0) return;
    for (uint32_t i = 0; i < count && i < RECIPIENTS_NAMED_MAX; i++) {
        const struct untold *one = &recipients->untold[i];
        text_print(&zh, "%s%s（%s）%s", i > 0 ? "；" : "", one->id, one->unit,
                   fault_sentence(one->fault, 1));
        text_print(&en, "%s%s (%s): %s", i > 0 ? "; " : "", one->id, one->unit,
                   fault_sentence(one->fault, 0));
    }
    if (count > RECIPIENTS_NAMED_MAX) {
        text_print(&zh, "；另有 %u 个", count - RECIPIENTS_NAMED_MAX);
        text_print(&en, "; and %u more", count - RECIPIENTS_NAMED_MAX);
    }
    if (zh.data && en.data) {
        (void)snprintf(fault->zh, sizeof(fault->zh),
                       "提醒发不到接收人：%.700s（见 wuhao reminders outbox，用 wuhao edit 改正）",
                       zh.data);
        (void)snprintf(fault->en, sizeof(fault->en),
                       "recipients can't be told: %.700s (see `wuhao reminders outbox`, mend them "
                       "with `wuhao edit`)",
                       en.data);
    }
    text_free(&zh);
    text_free(&en);
}

/* ---- Settings ---- */

static void say_folder(const struct reminders *self, int32_t error, struct fault *fault)
{
    const char *zh = error == ENOENT    ? "没有这个目录"
                     : error == ENOTDIR ? "不是目录"
                     : error == ENOSPC  ? "磁盘已满"
                                        : "没有写入权限";
    const char *folder = self->settings.calendar_dir;
    if (error == 0) return;
    (void)snprintf(fault->zh, sizeof(fault->zh),
                   "设置 calendar_dir：不能把日历写入 %s（%s，错误 %d），请建好目录或改正 "
                   "plugins.d/reminders.yaml",
                   folder, zh, error);
    (void)snprintf(fault->en, sizeof(fault->en),
                   "setting calendar_dir: calendars can't be written into %s (%s); make the folder "
                   "or mend plugins.d/reminders.yaml",
                   folder, strerror(error));
}

static void say_send_at(const struct reminders *self, int64_t day, struct fault *fault)
{
    const struct wh_host *host = self->host;
    const struct wh_programme_view *programme = host->programme(host->self, (uint32_t)year_of(day));
    int32_t at = self->settings.send_at;
    if (!is_never_sent(programme, at)) return;
    (void)snprintf(fault->zh, sizeof(fault->zh),
                   "设置 send_at：%02d:%02d 在方案的免打扰时间内，不会发送任何提醒，请在 "
                   "plugins.d/reminders.yaml 中改早",
                   at / 60, at % 60);
    (void)snprintf(fault->en, sizeof(fault->en),
                   "setting send_at: %02d:%02d lies in the programme's quiet hours, nothing is "
                   "sent; give an earlier time in plugins.d/reminders.yaml",
                   at / 60, at % 60);
}

int faults_show(const struct reminders *self, const struct look *look, struct wh_failure *fail)
{
    struct wh_span nobody = {NULL, 0};
    struct fault untold = {"fault/recipients", nobody, "", ""};
    struct fault folder = {"fault/calendar_dir", nobody, "", ""};
    struct fault send_at = {"fault/send_at", nobody, "", ""};
    int rc;
    say_untold(&look->recipients, &untold);
    say_folder(self, look->feed_errno, &folder);
    say_send_at(self, look->day, &send_at);
    rc = show(self->host, &untold, fail);
    if (rc == 0) rc = show(self->host, &folder, fail);
    return rc == 0 ? show(self->host, &send_at, fail) : rc;
}
