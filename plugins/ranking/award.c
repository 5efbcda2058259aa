/* `commend certificate`: the certificate of an award, from the record of it (domain.md D35: people
 * have decided, and entered it in the ledger `merit`). */
#include <stdio.h>

#include "certificate.h"
#include "ranking.h"

struct award {
    struct wh_span id;
    char kind[32];
    char what[32];
    char grade[32];
    char subject[400];
    char person[200];
    char unit[32];
    int64_t date;
};

static int take_award(void *context, const struct wh_record_view *record)
{
    struct award *award = context;
    if (!wh_span_equal(record->id, award->id)) return 0;
    copy_text(award->kind, sizeof(award->kind), record->kind);
    copy_text(award->unit, sizeof(award->unit), record->unit);
    copy_text(award->what, sizeof(award->what), field_text(record, "what"));
    copy_text(award->grade, sizeof(award->grade), field_text(record, "grade"));
    copy_text(award->subject, sizeof(award->subject), field_text(record, "subject"));
    copy_text(award->person, sizeof(award->person), field_text(record, "person"));
    award->date = record->date;
    return 1;
}

/* The record, where it is one of an award that stands. */
static int read_award(const struct talk *talk, struct award *ret)
{
    const struct wh_host *host = talk->host;
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->id = given_text(talk, "record");
    rc = host->record(host->self, ret->id, take_award, ret, talk->fail);
    if (rc < 0 && rc != WH_E_NOT_FOUND && rc != WH_E_NOT_PERMITTED) return rc;
    if (strcmp(ret->kind, "merit") == 0) {
        int64_t date = ret->date;
        ret->kind[0] = '\0'; /* read again among those that stand */
        rc = host->records(host->self, wh_span_of("merit"), wh_span_of(ret->unit), date, date,
                           take_award, ret, talk->fail);
        if (rc < 0) return rc;
    }
    if (strcmp(ret->kind, "merit") == 0 && strncmp(ret->what, "award_", 6) == 0) return 0;
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这条表彰记录（见 wuhao list merit）",
                  "%.*s: there is no such award (see `wuhao list merit`)", (int)ret->id.len,
                  ret->id.data);
}

static void write_texts(const struct wh_host *host, const struct award *award, const char *name,
                        struct text *zh, struct text *en)
{
    struct wh_title grade = merit_title(host, "grade", award->grade);
    text_print(zh, "　　授予 %s %s“%s”称号，特发此证。", name, award->grade[0] ? grade.zh : "",
               award->subject);
    text_print(en, "This is to certify that %s has been awarded “%s”%s%s.", name, award->subject,
               award->grade[0] ? ", level: " : "", award->grade[0] ? grade.en : "");
}

static int reply_award(const struct talk *talk, const struct award *award, const struct text *page)
{
    struct wh_value row[1];
    struct wh_span content = {page->data, page->len}, file;
    char name[80] = "award-";
    int rc;
    copy_text(name + 6, 40, award->id);
    memcpy(name + strlen(name), ".html", sizeof(".html"));
    file = wh_span_of(name);
    if (page->failed) return WH_E_FAILED;
    rc = talk->host->reply_file(talk->call, file, content, talk->fail);
    row[0] = wh_value_text(file);
    return rc < 0 ? rc : talk->host->reply_row(talk->call, row, 1, talk->fail);
}

int run_certificate(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_unit home, unit;
    struct award award;
    struct text zh = {.len = 0}, en = {.len = 0}, page = {.len = 0};
    struct certificate one = {.zh = "表彰证书", .en = "Certificate of Commendation"};
    int rc = read_award(talk, &award);
    if (rc == 0) rc = find_unit(host, host->home(host->self), &home, talk->fail);
    if (rc == 0) rc = find_unit(host, wh_span_of(award.unit), &unit, talk->fail);
    if (rc < 0) return rc;
    one.name = wh_span_of(award.person[0] ? award.person : unit.name);
    write_texts(host, &award, one.name.data, &zh, &en);
    one.text_zh = wh_span_of(zh.data);
    one.text_en = wh_span_of(en.data);
    one.unit = wh_span_of(home.name);
    one.date = award.date;
    one.record = award.id;
    certificates_begin(&page, one.zh, one.en);
    certificates_put(&page, &one);
    certificates_end(&page);
    page.failed |= zh.failed | en.failed;
    rc = reply_award(talk, &award, &page);
    text_free(&zh);
    text_free(&en);
    text_free(&page);
    return rc;
}
