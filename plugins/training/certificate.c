/* `training certificate`: what a person takes home, as pages to print. One HTML file a session, one
 * A4 page a person, in both languages; it loads nothing and says nothing of the day on which it was
 * made, so the same records give the same bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "training.h"

/* ---- Text that grows ---- */

struct text {
    char *data; /* the owner frees */
    size_t len;
    size_t size;
    int32_t is_short; /* memory was out */
    int32_t reserved;
};

static void put_bytes(struct text *text, const char *data, size_t len)
{
    if (text->len + len > text->size) {
        size_t size = (text->len + len) * 2 + 4096;
        char *grown = realloc(text->data, size);
        if (!grown) {
            text->is_short = 1;
            return;
        }
        text->data = grown;
        text->size = size;
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
}

static void put(struct text *text, const char *markup)
{
    put_bytes(text, markup, strlen(markup));
}

/* Text of a record: never markup. */
static void put_escaped(struct text *text, struct wh_span span)
{
    for (uint64_t i = 0; i < span.len; i++) {
        switch (span.data[i]) {
        case '&': put(text, "&amp;"); break;
        case '<': put(text, "&lt;"); break;
        case '>': put(text, "&gt;"); break;
        case '"': put(text, "&quot;"); break;
        case '\'': put(text, "&#39;"); break;
        default: put_bytes(text, &span.data[i], 1);
        }
    }
}

/* ---- One page ---- */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<title>培训证书 · Certificates of Training</title>\n<style>\n"
    "@page { size: A4; margin: 0 }\n"
    "body { margin: 0; color: #222; font-family: \"Noto Serif CJK SC\", \"SimSun\", \"Songti SC\", "
    "serif }\n"
    ".page { box-sizing: border-box; width: 210mm; height: 296mm; padding: 40mm 25mm 25mm; "
    "page-break-after: always; break-after: page; overflow: hidden; position: relative; "
    "text-align: center }\n"
    ".page::before { content: \"\"; position: absolute; top: 12mm; right: 12mm; bottom: 12mm; "
    "left: 12mm; border: 1mm double #a33 }\n"
    ".page:last-child { page-break-after: auto; break-after: auto }\n"
    "h1 { margin: 0; font-size: 34pt; letter-spacing: 8pt; color: #a33 }\n"
    "h2 { margin: 4mm 0 18mm; font-size: 16pt; font-weight: normal }\n"
    ".name { margin: 0 0 12mm; font-size: 26pt }\n"
    ".text { margin: 0 0 8mm; font-size: 15pt; line-height: 1.9; text-align: left; "
    "overflow-wrap: anywhere }\n"
    ".sign { margin-top: 20mm; text-align: right; font-size: 14pt; line-height: 1.8 }\n"
    ".number { position: absolute; left: 25mm; bottom: 22mm; font-size: 10pt; color: #555 }\n"
    "</style>\n</head>\n<body>\n";

#define NUMBER_SIZE 40

/* "2026-7Q3K-9XZM-2A4B": the year, and 60 bits of a hash (FNV-1a) of the record's id in letters
 * that nobody mistakes for each other. */
static void write_number(const struct attendance *attendance, char ret[NUMBER_SIZE])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t hash = 14695981039346656037u;
    char word[13];
    for (uint64_t i = 0; i < attendance->id.len; i++) {
        hash = (hash ^ (unsigned char)attendance->id.data[i]) * 1099511628211u;
    }
    for (uint32_t i = 0; i < 12; i++) word[i] = letters[(hash >> (5 * i)) & 31u];
    word[12] = '\0';
    (void)snprintf(ret, NUMBER_SIZE, "%04d-%.4s-%.4s-%.4s", (int)year_of(attendance->date), word,
                   word + 4, word + 8);
}

/* What a page says beside the person's name. */
struct page {
    const struct session *session;
    struct wh_span unit; /* that held the session */
    char hours[POINTS_TEXT_SIZE];
    char day_zh[32];
    char day[DAY_TEXT_SIZE];
    char number[NUMBER_SIZE];
};

static void put_chinese(struct text *text, const struct page *page, struct wh_span name)
{
    put(text, "<p class=\"text\" lang=\"zh-CN\">　　兹证明 ");
    put_escaped(text, name);
    put(text, " 同志于 ");
    put(text, page->day_zh);
    put(text, "参加由 ");
    put_escaped(text, page->unit);
    put(text, " 举办的“");
    put_escaped(text, page->session->topic);
    put(text, "”培训");
    if (page->hours[0]) {
        put(text, "，计 ");
        put(text, page->hours);
        put(text, " 学时");
    }
    put(text, "，特发此证。</p>\n");
}

static void put_english(struct text *text, const struct page *page, struct wh_span name)
{
    put(text, "<p class=\"text\" lang=\"en\">This is to certify that ");
    put_escaped(text, name);
    put(text, " took part in the training “");
    put_escaped(text, page->session->topic);
    put(text, "”, held by ");
    put_escaped(text, page->unit);
    put(text, " on ");
    put(text, page->day);
    if (page->hours[0]) {
        put(text, ", of ");
        put(text, page->hours);
        put(text, " hours");
    }
    put(text, ".</p>\n");
}

static void put_page(struct text *text, const struct page *page, struct wh_span name)
{
    put(text, "<section class=\"page\">\n<h1>培训证书</h1>\n<h2>Certificate of Training</h2>\n"
              "<p class=\"name\">");
    put_escaped(text, name);
    put(text, "</p>\n");
    put_chinese(text, page, name);
    put_english(text, page, name);
    put(text, "<p class=\"sign\">");
    put_escaped(text, page->unit);
    put(text, "<br>");
    put(text, page->day);
    put(text, "</p>\n<p class=\"number\">编号 No. ");
    put(text, page->number);
    put(text, "</p>\n</section>\n");
}

/* ---- Files ---- */

struct issuing {
    const struct talk *talk;
    struct pool pool;
    struct known_units units; /* the home and those below it */
    struct sessions sessions;
    struct attendances attendances; /* those that are wanted; later by session, name */
    struct wh_span person;          /* empty: everybody */
    struct wh_span session;         /* empty: every one */
    int64_t birth_year;
    uint32_t unknown; /* attendances whose session is not there */
    uint32_t reserved;
};

static void fill_page(const struct issuing *issuing, const struct session *session,
                      const struct attendance *attendance, struct page *ret)
{
    const struct known_unit *unit = unit_of_code(&issuing->units, session->unit);
    struct wh_civil civil = wh_civil_of((int32_t)attendance->date);
    int64_t hours_h = hours_of(&issuing->sessions, attendance);
    ret->session = session;
    ret->unit = wh_span_of(unit ? unit->name : session->unit);
    ret->hours[0] = '\0';
    if (hours_h > 0) (void)points_text(hours_h, ret->hours);
    (void)day_text(attendance->date, ret->day);
    (void)snprintf(ret->day_zh, sizeof(ret->day_zh), "%d年%d月%d日", (int)civil.year,
                   (int)civil.month, (int)civil.day);
    write_number(attendance, ret->number);
}

static int reply_pages(const struct talk *talk, const struct session *session,
                       const struct text *text, uint32_t pages)
{
    const struct wh_host *host = talk->host;
    struct wh_span content = {text->data, text->len}, file;
    struct wh_value row[4];
    char name[80];
    int rc;
    if (text->is_short)
        return refuse(talk, WH_E_FAILED, "证书：内存不足", "certificate: no memory");
    (void)snprintf(name, sizeof(name), "certificates-%.*s.html", (int)session->id.len,
                   session->id.data);
    file = wh_span_of(name);
    rc = host->reply_file(talk->call, file, content, talk->fail);
    if (rc < 0) return rc;
    row[0] = wh_value_text(file);
    row[1] = wh_value_text(session->id);
    row[2] = text_or_null(session->topic);
    row[3] = wh_value_number(WH_INTEGER, pages);
    return host->reply_row(talk->call, row, 4, talk->fail);
}

/* Writes the file of the session of attendance `from`; returns the first of the next session. */
static int issue_session(const struct issuing *issuing, uint32_t from, uint32_t *ret_next)
{
    const struct attendances *all = &issuing->attendances;
    const struct session *session = session_of(&issuing->sessions, all->items[from].session);
    struct text text = {NULL, 0, 0, 0, 0};
    uint32_t at = from;
    int rc;
    put(&text, head);
    while (at < all->count && wh_span_equal(all->items[at].session, session->id)) {
        struct page page;
        fill_page(issuing, session, &all->items[at], &page);
        put_page(&text, &page, all->items[at].name);
        at++;
    }
    put(&text, "</body>\n</html>\n");
    *ret_next = at;
    rc = reply_pages(issuing->talk, session, &text, at - from);
    free(text.data);
    return rc;
}

static int compare_wanted(const void *a, const void *b)
{
    const struct attendance *left = a, *right = b;
    uint64_t len = left->session.len < right->session.len ? left->session.len : right->session.len;
    int rc = len > 0 ? memcmp(left->session.data, right->session.data, len) : 0;
    if (rc != 0) return rc;
    if (left->session.len != right->session.len) {
        return left->session.len < right->session.len ? -1 : 1;
    }
    return compare_attendances(a, b);
}

/* Keeps the attendances that are asked for and whose session is there. */
static void keep_wanted(struct issuing *issuing)
{
    struct attendances *all = &issuing->attendances;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct attendance one = all->items[i];
        if (issuing->session.len > 0 && !wh_span_equal(one.session, issuing->session)) continue;
        if (issuing->person.len > 0 && !is_of(&one, issuing->person, issuing->birth_year)) continue;
        if (!session_of(&issuing->sessions, one.session)) {
            issuing->unknown++;
            continue;
        }
        all->items[kept++] = one;
    }
    all->count = kept;
    if (kept > 0) qsort(all->items, kept, sizeof(*all->items), compare_wanted);
}

/* Of one session whatever its year, of one person those of a year. */
static int read_wanted(struct issuing *issuing)
{
    const struct talk *talk = issuing->talk;
    int64_t from = INT32_MIN, to = INT32_MAX;
    uint32_t year;
    int rc = given_year_checked(talk, &year);
    if (issuing->session.len == 0 || is_given(talk, "year")) {
        from = first_day_of(year);
        to = last_day_of(year);
    }
    issuing->attendances.pool = &issuing->pool;
    for (uint32_t i = 0; rc == 0 && i < issuing->units.count; i++) {
        rc = read_attendances(talk, issuing->units.items[i].code, from, to, &issuing->attendances);
    }
    if (rc == 0) keep_wanted(issuing);
    return rc;
}

static int issue(const struct issuing *issuing)
{
    const struct talk *talk = issuing->talk;
    int rc = 0;
    for (uint32_t at = 0; rc == 0 && at < issuing->attendances.count;) {
        rc = issue_session(issuing, at, &at);
    }
    if (rc == 0 && issuing->attendances.count == 0) {
        rc =
            remark(talk, "没有符合条件的签到，未写证书", "no attendance fits: nothing was written");
    }
    if (rc == 0 && issuing->unknown > 0) {
        rc = remark(talk, "%u 条签到所记的培训不存在，未写证书",
                    "%u attendances name a session that is not there: no certificates for them",
                    issuing->unknown);
    }
    return rc;
}

/* A session that is asked for must be there; its id as it stands in the record. */
static int check_session(struct issuing *issuing)
{
    struct sessions found = {NULL, 0, 0, NULL};
    int rc;
    if (!is_given(issuing->talk, "session")) return 0;
    rc = given_session(issuing->talk, "session", &issuing->pool, &found);
    if (rc == 0) issuing->session = found.items[0].id;
    free(found.items);
    return rc;
}

int run_certificate(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct issuing issuing = {.talk = talk};
    int rc;
    if (!is_given(talk, "session") && !is_given(talk, "person")) {
        return refuse(talk, WH_E_USAGE, "证书：须给出 --session 编号 或 --person 姓名",
                      "certificate: whose is missing (give --session ID or --person NAME)");
    }
    issuing.person = pool_trimmed(&issuing.pool, given_text(talk, "person"));
    issuing.birth_year = given_number(talk, "birth-year", 0);
    rc = check_session(&issuing);
    if (rc == 0) rc = read_units(host, host->home(host->self), &issuing.units, talk->fail);
    if (rc == 0) rc = read_sessions(talk, &issuing.pool, &issuing.sessions);
    if (rc == 0) rc = read_wanted(&issuing);
    if (rc == 0) rc = issue(&issuing);
    free(issuing.units.items);
    free(issuing.sessions.items);
    free(issuing.attendances.items);
    pool_free(&issuing.pool);
    return rc;
}
