/* The commands: what would be sent, what was, sending now, a test message. */
#include "state.h"

#include <stdlib.h>

static const struct wh_column preview[] = {
    COLUMN("recipient", "接收人记录", "Recipient", WH_TEXT),
    COLUMN("channel", "渠道", "Channel", WH_TEXT),
    COLUMN("section", "部分", "Section", WH_TEXT),
    COLUMN("stage", "阶段", "Stage", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "单位名称", "Name", WH_TEXT),
    COLUMN("duty", "职责", "Duty", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("about", "对象", "About", WH_TEXT),
    COLUMN("period", "期间", "Period", WH_TEXT),
    COLUMN("due", "期限", "Due", WH_DATE),
};
const struct wh_list preview_columns = WH_LIST(preview);

static const struct wh_column outbox[] = {
    COLUMN("recipient", "接收人记录", "Recipient", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("channel", "渠道", "Channel", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("how", "结果", "How it ended", WH_TEXT),
    COLUMN("at", "时间", "At", WH_TIME),
    COLUMN("tries", "失败次数", "Tries", WH_INTEGER),
    COLUMN("next", "下次尝试", "Next try", WH_TIME),
    COLUMN("last_day", "最近发送日", "Last day sent", WH_DATE),
};
const struct wh_list outbox_columns = WH_LIST(outbox);

static const struct wh_choice told[] = {
    {"mail", {"邮件", "Mail"}},
    {"webhook", {"网络回调", "Webhook"}},
    {"new", {"新提醒", "New"}},
    {"open", {"仍未完成", "Still open"}},
    {"doubtful", {"不能确定是否已提醒", "Perhaps told"}},
    {"soon", {"即将到期", "Soon"}},
    {"late", {"已逾期", "Late"}},
    {"missed", {"未完成", "Missed"}},
};
static const struct wh_choice states[] = {
    {"mail", {"邮件", "Mail"}},         {"webhook", {"网络回调", "Webhook"}},
    {"sending", {"发送中", "Sending"}}, {"waiting", {"待重试", "Waiting"}},
    {"unknown", {"不明", "Unknown"}},   {"sent", {"已发送", "Sent"}},
    {"new", {"尚未发送", "Never"}},     {"test", {"测试", "Test"}},
};

static int tell_all(const struct talk *talk, const char *const *columns, uint32_t count,
                    struct wh_list words)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < count; i++) rc = tell_words(talk, columns[i], words);
    return rc;
}

/* ---- Preview ---- */

static int show_line(const struct talk *talk, const struct recipient *to, const struct line *line)
{
    const struct owed *owed = line->owed;
    const char *title = talk->host->language(talk->call) == 0 ? owed->zh : owed->en;
    struct wh_value row[11];
    row[0] = wh_value_text(wh_span_of(to->id));
    row[1] = wh_value_text(wh_span_of(channel_word(to->channel)));
    row[2] = wh_value_text(wh_span_of(section_word(line->section)));
    row[3] = wh_value_text(wh_span_of(stage_word(line->stage)));
    row[4] = wh_value_text(wh_span_of(owed->unit));
    row[5] = wh_value_text(wh_span_of(line->name));
    row[6] = wh_value_text(wh_span_of(owed->duty));
    row[7] = wh_value_text(wh_span_of(title));
    row[8] = text_or_null(wh_span_of(owed->about));
    row[9] = wh_value_text(wh_span_of(owed->period.name));
    row[10] = wh_value_number(WH_DATE, owed->period.due);
    return talk->host->reply_row(talk->call, row, 11, talk->fail);
}

static int is_to(const struct talk *talk, const struct recipient *one)
{
    return !is_given(talk, "to") || wh_span_equal(given_text(talk, "to"), wh_span_of(one->person));
}

static int show_group(struct reminders *self, const struct talk *talk, const struct look *look,
                      uint32_t from, uint32_t *shown)
{
    const struct recipient *first = &look->recipients.items[from];
    struct plan plan;
    int rc = plan_group(self, look, first, group_size(&look->recipients, from), PLAN_SHOWN, &plan,
                        talk->fail);
    for (uint32_t i = 0; rc == 0 && i < plan.digest.count; i++) {
        rc = show_line(talk, first, &plan.digest.lines[i]);
        ++*shown;
    }
    plan_free(&plan);
    return rc;
}

int run_preview(struct reminders *self, const struct talk *talk)
{
    static const char *const worded[] = {"channel", "section", "stage"};
    const struct wh_list words = WH_LIST(told);
    const struct wh_host *host = talk->host;
    struct look look;
    uint32_t shown = 0;
    int rc = tell_all(talk, worded, 3, words);
    if (rc < 0) return rc;
    rc = look_whole(self, given_number(talk, "at", host->today(host->self)), &look, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < look.recipients.count;
         i += group_size(&look.recipients, i)) {
        if (is_to(talk, &look.recipients.items[i])) rc = show_group(self, talk, &look, i, &shown);
    }
    look_free(&look);
    if (rc == 0 && shown == 0) rc = remark(talk, "没有要发送的提醒", "nothing would be sent");
    return rc;
}

/* ---- Sending ---- */

int run_send(struct reminders *self, const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int rc;
    self->is_asked = 1;
    rc = host->job_at(host->self, "look", 0, talk->fail);
    if (rc < 0) return rc;
    return remark(talk, "已开始；每人每天至多一条（见 wuhao reminders outbox）",
                  "begun; at most one a day and person (see `wuhao reminders outbox`)");
}

int run_test_message(struct reminders *self, const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct recipients recipients;
    uint32_t count = 0;
    int rc = recipients_read(host, host->today(host->self), &recipients, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < recipients.count; i += group_size(&recipients, i)) {
        if (!is_to(talk, &recipients.items[i])) continue;
        rc = test_give(self, &recipients.items[i], talk->fail);
        count++;
    }
    free(recipients.items);
    if (rc < 0) return rc;
    if (count == 0) {
        return refuse(talk, WH_E_NOT_FOUND, "接收人：没有这个人（见 wuhao list recipient）",
                      "recipient: there is none of that name (see `wuhao list recipient`)");
    }
    return remark(talk, "%u 条测试消息已交付发送（见 wuhao reminders outbox）",
                  "%u test messages are on their way (see `wuhao reminders outbox`)", count);
}

/* ---- Outbox ---- */

static const char *state_word(const struct reminders *self, const struct recipient *one,
                              const struct kept *kept)
{
    if (is_on_its_way(self, one->id, one->channel)) return "sending";
    if (kept->tries > 0) return "waiting";
    if (kept->doubt != 0) return "unknown";
    return kept->days_count > 0 ? "sent" : "new";
}

static struct wh_value time_or_null(int64_t ms)
{
    return ms > 0 ? wh_value_number(WH_TIME, ms) : wh_value_null();
}

static int show_recipient(const struct reminders *self, const struct talk *talk,
                          const struct recipient *one)
{
    struct kept kept;
    struct wh_value row[9];
    int rc = kept_read(self->host, one->id, one->channel, &kept, talk->fail);
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(one->id));
    row[1] = wh_value_text(wh_span_of(one->unit));
    row[2] = wh_value_text(wh_span_of(channel_word(one->channel)));
    row[3] = wh_value_text(wh_span_of(state_word(self, one, &kept)));
    row[4] = kept.at_ms > 0 ? wh_value_text(wh_span_of(kept.why)) : wh_value_null();
    row[5] = time_or_null(kept.at_ms);
    row[6] = wh_value_number(WH_INTEGER, kept.tries);
    row[7] = kept.tries > 0 ? time_or_null(kept.next_ms) : wh_value_null();
    row[8] = kept.days_count > 0 ? wh_value_number(WH_DATE, kept.days[kept.days_count - 1])
                                 : wh_value_null();
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int show_test(const struct talk *talk, const struct ended_test *test)
{
    struct wh_value row[9];
    for (uint32_t i = 0; i < 9; i++) row[i] = wh_value_null();
    row[2] = wh_value_text(wh_span_of(channel_word(test->channel)));
    row[3] = wh_value_text(wh_span_of("test"));
    row[4] = wh_value_text(wh_span_of(test->why));
    row[5] = time_or_null(test->at_ms);
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

int run_outbox(struct reminders *self, const struct talk *talk)
{
    static const char *const worded[] = {"channel", "state"};
    const struct wh_list words = WH_LIST(states);
    const struct wh_host *host = talk->host;
    uint32_t tests = self->tests_count < ENDED_TESTS_KEPT ? self->tests_count : ENDED_TESTS_KEPT;
    struct recipients recipients;
    int rc = tell_all(talk, worded, 2, words);
    if (rc < 0) return rc;
    rc = recipients_read(host, host->today(host->self), &recipients, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < recipients.count; i++) {
        rc = show_recipient(self, talk, &recipients.items[i]);
    }
    for (uint32_t i = 0; rc == 0 && i < tests; i++) rc = show_test(talk, &self->tests[i]);
    free(recipients.items);
    if (rc < 0 || recipients.unusable == 0) return rc;
    return remark(
        talk, "有 %u 个地址不是可用的邮箱或网址，不会收到提醒（见 wuhao list recipient）",
        "%u addresses are neither of mail nor of the web and are told nothing (see `wuhao "
        "list recipient`)",
        recipients.unusable);
}
