#include "digest.h"

#include <stdio.h>
#include <stdlib.h>

#define LINES_SHOWN_MAX 150 /* of a section; the rest is counted */

const char *section_word(enum section section)
{
    static const char *const words[] = {"new", "open", "doubtful"};
    return words[section];
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    const struct period *mine = &left->owed->period, *other = &right->owed->period;
    int d = (int)left->section - (int)right->section;
    if (d == 0) d = (left->levels > right->levels) - (left->levels < right->levels);
    if (d == 0) d = (mine->due > other->due) - (mine->due < other->due);
    if (d == 0) d = strcmp(left->owed->unit, right->owed->unit);
    if (d == 0) d = strcmp(left->owed->duty, right->owed->duty);
    return d == 0 ? strcmp(left->owed->about, right->owed->about) : d;
}

void digest_sort(struct digest *digest)
{
    memset(digest->sections, 0, sizeof(digest->sections));
    for (uint32_t i = 0; i < digest->count; i++) digest->sections[digest->lines[i].section]++;
    if (digest->count == 0) return;
    qsort(digest->lines, digest->count, sizeof(*digest->lines), compare_lines);
}

void digest_put_subject(const struct digest *digest, struct text *text)
{
    uint32_t new = digest->sections[SECTION_NEW], all = digest->count;
    if (digest->is_test) {
        text_print(text, digest->is_zh ? "【五好】%s：测试消息" : "[wuhao] %s: a test message",
                   digest->name);
    } else if (digest->is_zh) {
        text_print(text, "【五好】%s：新提醒 %u 项，未办 %u 项", digest->name, new, all);
    } else {
        text_print(text, "[wuhao] %s: %u new, %u open", digest->name, new, all);
    }
}

static void put_state(const struct digest *digest, const struct line *line, struct text *text)
{
    static const char *const zh[] = {"", "即将到期", "已逾期", "未完成"};
    static const char *const en[] = {"", "due soon", "late", "missed"};
    if (digest->is_zh) {
        text_print(text, "[%s] ", zh[line->stage]);
    } else {
        text_print(text, "[%s] ", en[line->stage]);
    }
}

static void put_line(const struct digest *digest, const struct line *line, struct text *text)
{
    const struct owed *owed = line->owed;
    int64_t days = owed->period.due - digest->day;
    long long count = (long long)(days < 0 ? -days : days);
    char due[DAY_TEXT_SIZE];
    day_text(owed->period.due, due);
    text_print(text, "- ");
    put_state(digest, line, text);
    text_print(text, digest->is_zh ? "%s：%s" : "%s: %s", line->name,
               digest->is_zh ? owed->zh : owed->en);
    if (line->about_name[0]) {
        text_print(text, digest->is_zh ? "（对象：%s）" : " (about %s)", line->about_name);
    }
    if (digest->is_zh) {
        text_print(text, "，%s，期限 %s", owed->period.name, due);
        text_print(text,
                   days < 0    ? "，逾期 %lld 天\n"
                   : days == 0 ? "，今天到期\n"
                               : "，还有 %lld 天\n",
                   count);
    } else {
        text_print(text, ", %s, due %s", owed->period.name, due);
        text_print(text,
                   days < 0    ? ", %lld days ago\n"
                   : days == 0 ? ", today\n"
                               : ", in %lld days\n",
                   count);
    }
}

static void put_section(const struct digest *digest, enum section section, struct text *text)
{
    static const char *const zh[] = {"新提醒", "仍未办理", "仍未办理（以下可能已提醒过）"};
    static const char *const en[] = {"New", "Still open",
                                     "Still open (you may have been told of these already)"};
    uint32_t shown = 0, all = digest->sections[section];
    if (all == 0) return;
    text_print(text, "\n%s\n", digest->is_zh ? zh[section] : en[section]);
    for (uint32_t i = 0; i < digest->count && shown < LINES_SHOWN_MAX; i++) {
        if (digest->lines[i].section != section) continue;
        put_line(digest, &digest->lines[i], text);
        shown++;
    }
    if (shown == all) return;
    text_print(text,
               digest->is_zh ? "- 另有 %u 项（见 wuhao due）\n" : "- %u more (see `wuhao due`)\n",
               all - shown);
}

void digest_put_body(const struct digest *digest, struct text *text)
{
    char day[DAY_TEXT_SIZE];
    day_text(digest->day, day);
    text_print(text, "%s (%s) %s\n", digest->name, digest->unit, day);
    if (digest->is_test) {
        text_print(text, "%s\n",
                   digest->is_zh ? "这是一条测试消息，收到说明提醒可以送达。"
                                 : "This is a test message: reminders can reach you.");
        return;
    }
    put_section(digest, SECTION_NEW, text);
    put_section(digest, SECTION_DOUBT, text);
    put_section(digest, SECTION_OPEN, text);
    text_print(text, "\n%s\n",
               digest->is_zh ? "以本节点已收到的数据为准。每天至多一条消息。"
                             : "By what has arrived at this node. At most one message a day.");
}
