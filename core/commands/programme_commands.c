/* programme check, issue, show. */
#include "base/buffer.h"
#include "commands/handlers.h"
#include "engine/programmes.h"

static int read_programme(struct wh_call *call, const Wh__Programme **ret, struct wh_error *err)
{
    int rc = wh_programme_read(wh_call_text(call, "file"), &call->arena, &call->faults, ret);
    if (rc == 0) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_PROGRAMME_FAULTS,
                   WH_ARGS(wh_arg_n(call->faults.count)));
}

int wh_run_programme_check(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const Wh__Programme *programme;
    int rc = read_programme(call, &programme, err);
    (void)desk;
    if (rc < 0) return rc;
    wh_reply_note(call, WH_MSG_PROGRAMME_RIGHT,
                  WH_ARGS(wh_arg_c(programme->id), wh_arg_n((int64_t)programme->n_ledgers),
                          wh_arg_n((int64_t)(programme->n_township + programme->n_grassroots)),
                          wh_arg_n((int64_t)programme->n_duties)));
    return 0;
}

int wh_run_programme_issue(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const Wh__Programme *programme;
    struct wh_value number;
    uint32_t issued;
    int rc = read_programme(call, &programme, err);
    if (rc == 0) rc = wh_programme_issue(desk->engine, programme, &issued, err);
    if (rc < 0) return rc;
    number = wh_value_number(WH_INTEGER, issued);
    wh_reply_row(call, &number, 1);
    return 0;
}

static struct wh_span years_text(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    for (size_t i = 0; i < programme->n_years; i++) {
        wh_buffer_print(&buffer, "%s%u", i > 0 ? ", " : "", programme->years[i]);
    }
    text = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return text;
}

static void reply_issue(struct wh_call *call, const struct wh_issue *issue)
{
    const Wh__Programme *p = issue->programme;
    struct wh_title title = {p->title->zh, p->title->en};
    struct wh_value row[] = {
        wh_value_number(WH_INTEGER, issue->number),
        wh_value_text(wh_span_of(p->id)),
        wh_value_text(wh_title_text(title, call->language)),
        wh_value_number(WH_TIME, issue->issued_ms),
        wh_value_text(years_text(p, &call->arena)),
        wh_value_number(WH_DECIMAL, p->pass_township_h),
        wh_value_number(WH_DECIMAL, p->pass_grassroots_h),
        wh_value_number(WH_INTEGER, p->subordinate_share),
        wh_value_number(WH_INTEGER, (int64_t)(p->n_township + p->n_grassroots)),
        wh_value_number(WH_INTEGER, (int64_t)p->n_ledgers),
        wh_value_number(WH_INTEGER, (int64_t)p->n_duties),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

int wh_run_programme_show(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_programmes *held = wh_engine_programmes(desk->engine);
    int64_t year = wh_call_number(call, "year", 0);
    const struct wh_issue *issue;
    if (!wh_call_has(call, "year")) {
        for (uint32_t i = 0; i < held->count; i++) reply_issue(call, &held->issues[i]);
        return 0;
    }
    issue = year > 0 && year < UINT32_MAX ? wh_programmes_for(held, (uint32_t)year) : NULL;
    if (!issue) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PROGRAMME_NONE, WH_ARGS(wh_arg_n(year)));
    reply_issue(call, issue);
    return 0;
}
