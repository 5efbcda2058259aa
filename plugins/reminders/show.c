/* The commands: what would be sent, what was, sending now, a test message. */
#include "state.h"

#include <stdio.h>
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
    {"mail", {"邮件", "Mail"}},
    {"webhook", {"网络回调", "Webhook"}},
    {"sending", {"发送中", "Sending"}},
    {"waiting", {"待重试", "Waiting"}},
    {"unknown", {"不明", "Unknown"}},
    {"sent", {"已发送", "Sent"}},
    {"new", {"尚未发送", "Never"}},
    {"test", {"测试", "Test"}},
    {"unusable", {"地址不可用", "Unusable"}},
};
static const struct wh_choice ends[] = {
    {"sent", {"已送达", "Sent"}},
    {"unreachable", {"连接不上", "Unreachable"}},
    {"timeout", {"超时", "Timeout"}},
    {"no-answer", {"没有答复", "No answer"}},
    {"restored", {"从备份恢复", "Restored"}},
    {"no-memory", {"内存不足", "No memory"}},
    {"no-smtp_url", {"没有设置邮件服务器", "No mail server"}},
    {"no-smtp_password", {"密码文件不可用", "No password"}},
    {"no-webhook_secret", {"密钥文件不可用", "No secret"}},
    {"no-address", {"没有地址", "No address"}},
    {"bad-email", {"不是邮箱地址", "No mail address"}},
    {"bad-webhook", {"不是网址", "No web address"}},
};
/* What a server or libcurl says by a number. */
static const struct {
    const char *head;
    const char *zh;
    const char *en;
} numbered[] = {{"answer-", "服务器答复 ", "Answer "}, {"curl-", "curl 错误 ", "curl "}};
#define NUMBERED (sizeof(numbered) / sizeof(numbered[0]))

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

static int is_named(const struct talk *talk, const char *person)
{
    return !is_given(talk, "to") || wh_span_equal(given_text(talk, "to"), wh_span_of(person));
}

/* The first of the group that is meant; NULL: none. */
static const struct recipient *named_in(const struct talk *talk, const struct recipient *group,
                                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_named(talk, group[i].person)) return &group[i];
    }
    return NULL;
}

/* Refuses a name that nobody can be told by: the reason is why. */
static int check_name(const struct talk *talk, const struct recipients *recipients)
{
    int is_zh = talk->host->language(talk->call) == 0;
    if (!is_given(talk, "to") || named_in(talk, recipients->items, recipients->count)) return 0;
    for (uint32_t i = 0; i < recipients->untold_count; i++) {
        const struct untold *one = &recipients->untold[i];
        if (!is_named(talk, one->person)) continue;
        return refuse(talk, WH_E_INVALID, "接收人：记录 %s %s（用 wuhao edit %s 改正）",
                      "recipient: of record %s %s (mend it with `wuhao edit %s`)", one->id,
                      fault_sentence(one->fault, is_zh), one->id);
    }
    return refuse(talk, WH_E_NOT_FOUND, "接收人：没有这个人（见 wuhao list recipient）",
                  "recipient: there is none of that name (see `wuhao list recipient`)");
}

static int show_group(struct reminders *self, const struct talk *talk, const struct look *look,
                      uint32_t from, uint32_t *shown)
{
    const struct recipient *group = &look->recipients.items[from];
    uint32_t count = group_size(&look->recipients, from);
    const struct recipient *to = named_in(talk, group, count);
    struct plan plan;
    int rc;
    if (!to) return 0;
    rc = plan_group(self, look, group, count, PLAN_SHOWN, &plan, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < plan.digest.count; i++) {
        rc = show_line(talk, to, &plan.digest.lines[i]);
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
    if (rc == 0) rc = check_name(talk, &look.recipients);
    for (uint32_t i = 0; rc == 0 && i < look.recipients.count;
         i += group_size(&look.recipients, i)) {
        rc = show_group(self, talk, &look, i, &shown);
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
    uint32_t count = 0, size = 0;
    int rc = recipients_read(host, host->today(host->self), &recipients, talk->fail);
    if (rc == 0) rc = check_name(talk, &recipients);
    for (uint32_t i = 0; rc == 0 && i < recipients.count; i += size) {
        const struct recipient *to;
        size = group_size(&recipients, i);
        to = named_in(talk, &recipients.items[i], size);
        if (!to) continue;
        rc = test_give(self, to, talk->fail);
        count++;
    }
    recipients_free(&recipients);
    if (rc < 0) return rc;
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

/* ---- Words of the column `how` ---- */

#define NUMBERED_MAX 32 /* different ones; what is over it is shown as it is */

struct end_words {
    struct wh_choice words[sizeof(ends) / sizeof(ends[0]) + NUMBERED_MAX];
    uint32_t count;
    uint32_t made;
    struct {
        char id[CARRIED_WHY_SIZE];
        char zh[60];
        char en[60];
    } texts[NUMBERED_MAX];
};

static void add_numbered(struct end_words *to, const char *why)
{
    for (uint32_t i = 0; i < to->count; i++) {
        if (strcmp(to->words[i].id, why) == 0) return;
    }
    for (size_t i = 0; i < NUMBERED && to->made < NUMBERED_MAX; i++) {
        size_t len = strlen(numbered[i].head);
        if (strncmp(why, numbered[i].head, len) != 0) continue;
        (void)snprintf(to->texts[to->made].id, CARRIED_WHY_SIZE, "%s", why);
        (void)snprintf(to->texts[to->made].zh, 60, "%s%s", numbered[i].zh, why + len);
        (void)snprintf(to->texts[to->made].en, 60, "%s%s", numbered[i].en, why + len);
        to->words[to->count++] = (struct wh_choice){
            to->texts[to->made].id, {to->texts[to->made].zh, to->texts[to->made].en}};
        to->made++;
        return;
    }
}

/* Before any row: those with a number are made of what is to be shown. */
static int tell_ends(const struct reminders *self, const struct talk *talk,
                     const struct recipients *recipients)
{
    struct end_words *all = calloc(1, sizeof(*all));
    struct wh_list words;
    int rc = all ? 0 : WH_E_FAILED;
    for (uint32_t i = 0; all && i < sizeof(ends) / sizeof(ends[0]); i++) {
        all->words[all->count++] = ends[i];
    }
    for (uint32_t i = 0; rc == 0 && i < recipients->count; i++) {
        const struct recipient *one = &recipients->items[i];
        struct kept kept;
        rc = kept_read(self->host, one->id, one->channel, &kept, talk->fail);
        if (rc == 0) add_numbered(all, kept.why);
    }
    for (uint32_t i = 0; rc == 0 && i < self->tests_count && i < ENDED_TESTS_KEPT; i++) {
        add_numbered(all, self->tests[i].why);
    }
    if (rc == 0) {
        words = (struct wh_list){all->words, all->count, sizeof(all->words[0])};
        rc = tell_words(talk, "how", words);
    }
    free(all);
    return rc;
}

static int show_untold(const struct talk *talk, const struct untold *untold)
{
    struct wh_value row[9];
    for (uint32_t i = 0; i < 9; i++) row[i] = wh_value_null();
    row[0] = wh_value_text(wh_span_of(untold->id));
    row[1] = wh_value_text(wh_span_of(untold->unit));
    if (untold->fault != ADDRESS_NONE) {
        row[2] = wh_value_text(wh_span_of(
            channel_word(untold->fault == ADDRESS_NO_MAIL ? CHANNEL_MAIL : CHANNEL_HOOK)));
    }
    row[3] = wh_value_text(wh_span_of("unusable"));
    row[4] = wh_value_text(wh_span_of(fault_word(untold->fault)));
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int remark_untold(const struct talk *talk, const struct recipients *recipients)
{
    uint32_t without = 0, wrong;
    for (uint32_t i = 0; i < recipients->untold_count; i++) {
        if (recipients->untold[i].fault == ADDRESS_NONE) without++;
    }
    wrong = recipients->untold_count - without;
    if (recipients->untold_count == 0) return 0;
    return remark(
        talk,
        "有 %u 个地址不是可用的邮箱或网址，%u 个接收人没有地址，不会收到提醒（用 wuhao edit 改正）",
        "%u addresses are neither of mail nor of the web, %u recipients have none: they are told "
        "nothing (mend them with `wuhao edit`)",
        wrong, without);
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
    if (rc == 0) rc = tell_ends(self, talk, &recipients);
    for (uint32_t i = 0; rc == 0 && i < recipients.count; i++) {
        rc = show_recipient(self, talk, &recipients.items[i]);
    }
    for (uint32_t i = 0; rc == 0 && i < recipients.untold_count; i++) {
        rc = show_untold(talk, &recipients.untold[i]);
    }
    for (uint32_t i = 0; rc == 0 && i < tests; i++) rc = show_test(talk, &self->tests[i]);
    if (rc == 0) rc = remark_untold(talk, &recipients);
    recipients_free(&recipients);
    return rc;
}
