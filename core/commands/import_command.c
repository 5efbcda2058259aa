/* import: a file of records, checked whole, then written in one batch. It takes many turns, so that
 * links go on meanwhile; nothing is written before the last. */
#include "base/memory.h"
#include "base/text.h"
#include "commands/handlers.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "model/csv.h"

#define ROWS_PER_TURN 2000

struct importing {
    const struct wh_kind *kind;
    uint64_t generation; /* of the kinds when it began */
    struct wh_csv csv;
    struct wh_uniqueness *uniqueness;
    struct wh_record *records; /* the good ones */
    uint32_t count;
    uint32_t next; /* row to check */
    uint32_t refused;
};

static void release(void *state)
{
    struct importing *importing = state;
    wh_uniqueness_free(importing->uniqueness);
    wh_memory_free(importing);
}

/* ---- The file ---- */

static void check_header(struct wh_call *call, const struct importing *importing)
{
    const struct wh_csv_row *header = &importing->csv.header;
    const struct wh_kind *kind = importing->kind;
    struct wh_span *names =
        (struct wh_span *)wh_arena_new(&call->arena, header->count, sizeof(*names));
    for (uint32_t i = 0; i < header->count; i++) names[i] = wh_text_trim(header->cells[i]);
    for (uint32_t f = 0; f < kind->fields.count + 2u; f++) {
        struct wh_span name = f == 0   ? WH_S("unit")
                              : f == 1 ? WH_S("date")
                                       : wh_span_of(wh_kind_field(kind, f - 2)->name);
        bool required = f < 2 || (wh_kind_field(kind, f - 2)->flags & WH_REQUIRED);
        uint32_t found = 0;
        for (uint32_t i = 0; i < header->count; i++)
            if (wh_span_equal(names[i], name)) found++;
        if (found == 0 && required) {
            wh_fault_add(&call->faults, header->line, name, WH_MSG_COLUMN_MISSING,
                         WH_ARGS(wh_arg_s(name)));
        }
        if (found > 1) wh_fault_add(&call->faults, header->line, name, WH_MSG_FIELD_TWICE, NULL);
    }
}

static struct wh_span column_word(const void *kind, size_t i)
{
    const struct wh_kind *of = kind;
    if (i == 0) return WH_S("unit");
    if (i == 1) return WH_S("date");
    if (i - 2 >= of->fields.count) return WH_SPAN_EMPTY;
    return wh_span_of(wh_kind_field(of, (uint32_t)i - 2)->name);
}

static void check_unknown_columns(struct wh_call *call, const struct importing *importing)
{
    const struct wh_csv_row *header = &importing->csv.header;
    for (uint32_t i = 0; i < header->count; i++) {
        struct wh_span name = wh_text_trim(header->cells[i]), near, word;
        size_t w = 0;
        while ((word = column_word(importing->kind, w)).data && !wh_span_equal(word, name)) w++;
        if (word.data) continue;
        near = wh_text_nearest(name, column_word, importing->kind);
        wh_fault_add(&call->faults, header->line, name,
                     near.data ? WH_MSG_COLUMN_UNKNOWN_NEAR : WH_MSG_COLUMN_UNKNOWN,
                     WH_ARGS(wh_arg_s(name), wh_arg_s(near)));
    }
}

static int fail_faults(struct wh_call *call, struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, WH_MSG_IMPORT_FAULTS,
                   WH_ARGS(wh_arg_s(wh_call_text(call, "kind")), wh_arg_n(call->faults.count)));
}

static int begin(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct importing *importing;
    const struct wh_kind *kind;
    int rc = wh_call_kind(desk, call, &kind, err);
    if (rc == 0) rc = wh_may_enter(desk, kind, err);
    if (rc < 0) return rc;
    importing = wh_memory_new(1, sizeof(*importing));
    call->state = importing;
    call->release = release;
    call->exclusive = true;
    importing->kind = kind;
    importing->generation = wh_engine_generation(desk->engine);
    importing->uniqueness = wh_uniqueness_new(desk->engine, kind);
    wh_csv_read(wh_call_text(call, "file"), &call->arena, &call->faults, &importing->csv);
    if (importing->csv.encoding == WH_CSV_GBK) wh_reply_note(call, WH_MSG_CSV_GBK, NULL);
    if (importing->csv.encoding == WH_CSV_UTF8_BOM) wh_reply_note(call, WH_MSG_CSV_BOM, NULL);
    if (importing->csv.header.count > 0) {
        check_unknown_columns(call, importing);
        check_header(call, importing);
    }
    if (call->faults.count > 0 && !wh_call_has(call, "skip-bad")) return fail_faults(call, err);
    if (importing->csv.header.count == 0) return fail_faults(call, err);
    importing->refused = call->faults.count; /* rows that are no rows of the table */
    importing->records =
        wh_arena_new(&call->arena, importing->csv.count, sizeof(*importing->records));
    return WH_CALL_AGAIN;
}

/* ---- The rows ---- */

static int check_row(struct wh_desk *desk, struct wh_call *call, struct importing *importing,
                     struct wh_entry *entries, struct wh_error *err)
{
    struct wh_record_scope scope = wh_records_scope(desk->engine);
    const struct wh_csv_row *header = &importing->csv.header;
    const struct wh_csv_row *row = &importing->csv.rows[importing->next++];
    struct wh_record *record = &importing->records[importing->count];
    uint32_t before = call->faults.count;
    int rc = 0;
    for (uint32_t i = 0; i < header->count; i++) {
        entries[i] = (struct wh_entry){wh_text_trim(header->cells[i]), row->cells[i]};
    }
    if (wh_record_read(importing->kind, &scope, entries, header->count, row->line, &call->arena,
                       &call->faults, record)) {
        rc = wh_uniqueness_offer(importing->uniqueness, record, row->line, &call->faults, err);
    }
    if (call->faults.count == before) {
        importing->count++;
    } else {
        importing->refused++;
    }
    return rc;
}

static int check_rows(struct wh_desk *desk, struct wh_call *call, struct importing *importing,
                      struct wh_error *err)
{
    uint32_t columns = importing->csv.header.count;
    struct wh_entry *entries = wh_arena_new(&call->arena, columns, sizeof(*entries));
    int rc = 0;
    for (int i = 0; i < ROWS_PER_TURN && importing->next < importing->csv.count && rc == 0; i++) {
        rc = check_row(desk, call, importing, entries, err);
    }
    wh_reply_progress(call, importing->next, importing->csv.count);
    return rc < 0 ? rc : WH_CALL_AGAIN;
}

static int64_t count_ahead(const struct wh_desk *desk, const struct importing *importing)
{
    int64_t ahead = 0;
    for (uint32_t i = 0; i < importing->count; i++) {
        ahead += importing->records[i].date > wh_engine_today(desk->engine);
    }
    return ahead;
}

static int write_records(struct wh_desk *desk, struct wh_call *call, struct importing *importing,
                         struct wh_error *err)
{
    bool dry = wh_call_has(call, "dry-run");
    struct wh_value row[] = {
        wh_value_number(WH_INTEGER, (int64_t)importing->count + importing->refused),
        wh_value_number(WH_INTEGER, dry ? 0 : importing->count),
        wh_value_number(WH_INTEGER, importing->refused),
    };
    int64_t ahead = count_ahead(desk, importing);
    int rc = 0;
    for (uint32_t i = 0; i < importing->count && !dry && rc == 0; i++) {
        rc = wh_record_add(desk->engine, &importing->records[i], call->author, err);
    }
    if (rc < 0) return rc;
    if (ahead > 0) wh_reply_note(call, WH_MSG_RECORDS_AHEAD, WH_ARGS(wh_arg_n(ahead)));
    wh_reply_row(call, row, 3);
    return 0;
}

int wh_run_import(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct importing *importing = call->state;
    if (!importing) return begin(desk, call, err);
    if (importing->generation != wh_engine_generation(desk->engine)) {
        return wh_fail(err, WH_E_BUSY, WH_MSG_IMPORT_CHANGED, NULL); /* its kind may be gone */
    }
    if (importing->next < importing->csv.count) return check_rows(desk, call, importing, err);
    if (call->faults.count > 0 && !wh_call_has(call, "skip-bad")) return fail_faults(call, err);
    return write_records(desk, call, importing, err);
}
