/* `training certificate`: what a person takes home, as pages to print. One HTML file a session, one
 * page a person; asked for one person, one file an attendance. */
#include <stdio.h>
#include <stdlib.h>

#include "certificate.h"
#include "training.h"

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

static void write_texts(const struct session *session, const struct attendance *attendance,
                        struct wh_span unit, int64_t hours_h, struct text *zh, struct text *en)
{
    char hours[POINTS_TEXT_SIZE], day[DAY_TEXT_SIZE], day_zh[CERTIFICATE_DAY_SIZE];
    struct wh_span name = attendance->name, topic = session->topic;
    certificate_day(attendance->date, day_zh);
    (void)day_text(attendance->date, day);
    (void)points_text(hours_h, hours);
    text_print(zh, "　　兹证明 %.*s 同志于 %s参加由 %.*s 举办的“%.*s”培训", (int)name.len,
               name.data, day_zh, (int)unit.len, unit.data, (int)topic.len, topic.data);
    text_print(en,
               "This is to certify that %.*s took part in the training “%.*s”, held by %.*s on %s",
               (int)name.len, name.data, (int)topic.len, topic.data, (int)unit.len, unit.data, day);
    if (hours_h > 0) {
        text_print(zh, "，计 %s 学时", hours);
        text_print(en, ", of %s hours", hours);
    }
    text_print(zh, "，特发此证。");
    text_print(en, ".");
}

static void put_page(const struct issuing *issuing, const struct session *session,
                     const struct attendance *attendance, struct text *page)
{
    const struct known_unit *unit = unit_of_code(&issuing->units, session->unit);
    struct text zh = {.len = 0}, en = {.len = 0};
    struct certificate one = {.zh = "培训证书", .en = "Certificate of Training"};
    one.name = attendance->name;
    one.unit = wh_span_of(unit ? unit->name : session->unit);
    one.date = attendance->date;
    one.record = attendance->id;
    write_texts(session, attendance, one.unit, hours_of(&issuing->sessions, attendance), &zh, &en);
    one.text_zh = wh_span_of(zh.data);
    one.text_en = wh_span_of(en.data);
    certificates_put(page, &one);
    page->failed |= zh.failed | en.failed;
    text_free(&zh);
    text_free(&en);
}

/* A person's file has a name of its own, so that it never takes the place of the session's. */
static int reply_pages(const struct issuing *issuing, const struct session *session,
                       const struct attendance *first, const struct text *text, uint32_t pages)
{
    const struct talk *talk = issuing->talk;
    const struct wh_host *host = talk->host;
    struct wh_span content = {text->data, text->len}, file;
    struct wh_value row[4];
    char name[80];
    int rc;
    if (text->failed) {
        return refuse(talk, WH_E_FAILED, "证书：内存不足", "certificate: no memory");
    }
    if (issuing->person.len > 0) {
        (void)snprintf(name, sizeof(name), "certificate-%.*s.html", (int)first->id.len,
                       first->id.data);
    } else {
        (void)snprintf(name, sizeof(name), "certificates-%.*s.html", (int)session->id.len,
                       session->id.data);
    }
    file = wh_span_of(name);
    rc = host->reply_file(talk->call, file, content, talk->fail);
    if (rc < 0) return rc;
    row[0] = wh_value_text(file);
    row[1] = wh_value_text(session->id);
    row[2] = text_or_null(session->topic);
    row[3] = wh_value_number(WH_INTEGER, pages);
    return host->reply_row(talk->call, row, 4, talk->fail);
}

/* Writes the file of the session of attendance `from`, or of this attendance where a person is
 * asked for; `ret_next` is the first one that is not in it. */
static int issue_file(const struct issuing *issuing, uint32_t from, uint32_t *ret_next)
{
    const struct attendances *all = &issuing->attendances;
    const struct session *session = session_of(&issuing->sessions, all->items[from].session);
    struct text text = {.len = 0};
    uint32_t at = from;
    int rc;
    certificates_begin(&text, "培训证书", "Certificates of Training");
    while (at < all->count && wh_span_equal(all->items[at].session, session->id)) {
        put_page(issuing, session, &all->items[at], &text);
        at++;
        if (issuing->person.len > 0) break;
    }
    certificates_end(&text);
    *ret_next = at;
    rc = reply_pages(issuing, session, &all->items[from], &text, at - from);
    text_free(&text);
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
        rc = issue_file(issuing, at, &at);
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
