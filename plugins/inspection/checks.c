/* What is asked before something is entered: of texts, days, units, inspectors. */
#include "checks.h"

#include "inspection.h"
#include "schedule.h"

int check_said(const struct talk *talk, const char *name)
{
    struct wh_span text = given_text(talk, name);
    for (uint64_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] > ' ') return 0;
    }
    return refuse(talk, WH_E_INVALID, "%s：不能为空", "%s: it is empty", name);
}

int check_past(const struct talk *talk, int64_t day)
{
    if (day <= talk->host->today(talk->host->self)) return 0;
    return refuse(talk, WH_E_INVALID, "日期：不能晚于今天", "date: it can't lie in the future");
}

int check_there(const struct talk *talk, const struct known_unit *unit, int64_t day)
{
    char text[DAY_TEXT_SIZE], bound[DAY_TEXT_SIZE];
    if (unit_existed(unit, day, day)) return 0;
    (void)day_text(day, text);
    if (unit->closed != 0 && unit->closed <= day) {
        (void)day_text(unit->closed, bound);
        return refuse(talk, WH_E_INVALID, "单位 %s：已于 %s 撤销，不能登记 %s 的事项",
                      "unit %s: it was closed on %s, nothing of %s can be entered for it",
                      unit->code, bound, text);
    }
    (void)day_text(unit->opened, bound);
    return refuse(talk, WH_E_INVALID, "单位 %s：%s 才设立，不能登记 %s 的事项",
                  "unit %s: it is there from %s on, nothing of %s can be entered for it",
                  unit->code, bound, text);
}

int check_checker(const struct talk *talk, const struct known_unit *unit,
                  const struct known_unit *checker)
{
    struct wh_span home = talk->host->home(talk->host->self);
    if (wh_span_equal(home, wh_span_of(checker->code)) || lies_above(home, checker->code)) return 0;
    return refuse(talk, WH_E_NOT_PERMITTED,
                  "单位 %s：由上级 %s（%s）检查，本节点是 %.*s（请在其节点上登记）",
                  "unit %s: it is checked by %s (%s), this node is %.*s (enter it there)",
                  unit->code, checker->code, checker->name, (int)home.len, home.data);
}

/* ---- Units that an inspector must not check ---- */

/* Bytes of the separator with which `text` begins; 0: none. */
static size_t separator_at(const char *text)
{
    static const char *const wide[] = {"、", "；", "，", "\xE3\x80\x80"};
    if (*text && strchr(";, \t\r\n", *text)) return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        size_t len = strlen(wide[i]);
        if (strncmp(text, wide[i], len) == 0) return len;
    }
    return 0;
}

struct wh_span next_code(const char **list)
{
    struct wh_span code = {NULL, 0};
    const char *at = *list;
    size_t len;
    while ((len = separator_at(at)) > 0) at += len;
    code.data = at;
    while (*at && separator_at(at) == 0) at++;
    code.len = (uint64_t)(at - code.data);
    *list = at;
    return code;
}

int is_among(const char *list, const char *unit)
{
    struct wh_span code = next_code(&list);
    for (; code.len > 0; code = next_code(&list)) {
        if (wh_span_equal(code, wh_span_of(unit)) || lies_above(code, unit)) return 1;
    }
    return 0;
}

int check_codes(const struct talk *talk, const char *inspector, const char *list)
{
    struct wh_span code = next_code(&list);
    for (; code.len > 0; code = next_code(&list)) {
        struct known_unit unit;
        int rc = find_unit(talk->host, code, &unit, talk->fail);
        if (rc == 0) continue;
        if (rc != WH_E_NOT_FOUND && rc != WH_E_INVALID) return rc;
        return refuse(talk, WH_E_INVALID,
                      "检查人 %s：不得检查的单位中的“%.*s”不是单位编码（用 wuhao edit 编号 "
                      "not_units=编码 更正，编号见 wuhao list inspector）",
                      "inspector %s: `%.*s` among the units not to check is the code of no unit "
                      "(mend it with `wuhao edit ID not_units=CODES`, the ID is in `wuhao list "
                      "inspector`)",
                      inspector, (int)code.len, code.data);
    }
    return 0;
}

int refuse_barred(const struct talk *talk, struct wh_span inspector, const char *unit)
{
    return refuse(talk, WH_E_INVALID,
                  "检查人 %.*s：须回避，不得检查单位 %s（另选检查人：--inspector 姓名）",
                  "inspector %.*s: must not check unit %s, by the inspector's record (name another "
                  "one: `--inspector NAME`)",
                  (int)inspector.len, inspector.len > 0 ? inspector.data : "", unit);
}

/* ---- Inspectors ---- */

struct looking {
    struct wh_span name;
    const char *unit;
    int64_t day;
    int32_t found;
    int32_t barred;
};

static int take_inspector(void *context, const struct wh_record_view *record)
{
    struct looking *looking = context;
    char list[NOT_UNITS_SIZE];
    if (!wh_span_equal(field_text(record, "person"), looking->name)) return 0;
    if (field_number(record, "until", INT64_MAX) < looking->day) return 0;
    looking->found = 1;
    copy_text(list, sizeof(list), field_text(record, "not_units"));
    looking->barred = is_among(list, looking->unit);
    return looking->barred;
}

int check_inspector(const struct talk *talk, const struct known_unit *checker, struct wh_span name,
                    const char *unit, int64_t day)
{
    const struct wh_host *host = talk->host;
    struct looking looking = {name, unit, day, 0, 0};
    char text[DAY_TEXT_SIZE];
    int rc = host->records(host->self, wh_span_of(KIND_INSPECTOR), wh_span_of(checker->code),
                           INT32_MIN, day, take_inspector, &looking, talk->fail);
    if (rc >= 0 && looking.barred) return refuse_barred(talk, name, unit);
    if (rc < 0 || looking.found) return rc < 0 ? rc : 0;
    (void)day_text(day, text);
    return refuse(talk, WH_E_INVALID,
                  "检查人 %.*s：%s 不在 %s 的检查人员之中（登记：wuhao add inspector --unit %s "
                  "date=%s person=姓名）",
                  "inspector %.*s: on %s not among those of %s (enter one with `wuhao add "
                  "inspector --unit %s date=%s person=NAME`)",
                  (int)name.len, name.len > 0 ? name.data : "", text, checker->code, checker->code,
                  text);
}

/* ---- Records that stand ---- */

struct standing_one {
    struct wh_span id;
    int32_t found;
};

static int take_standing(void *context, const struct wh_record_view *record)
{
    struct standing_one *one = context;
    one->found = wh_span_equal(record->id, one->id);
    return one->found;
}

int record_stands(const struct wh_host *host, const char *kind, const char *unit, struct wh_span id,
                  int64_t day, struct wh_failure *fail)
{
    struct standing_one one = {id, 0};
    int rc = host->records(host->self, wh_span_of(kind), wh_span_of(unit), day, day, take_standing,
                           &one, fail);
    return rc < 0 ? rc : one.found;
}
