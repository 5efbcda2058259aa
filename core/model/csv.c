#include "model/csv.h"

#include <csv.h>

#include "base/limits.h"
#include "base/text.h"

struct reader {
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct wh_csv *csv;
    struct wh_csv_row *rows;
    uint32_t rows_size;
    struct wh_span *cells; /* of the row being read */
    uint32_t cells_count;
    uint32_t cells_size;
    uint32_t line;     /* being fed */
    uint32_t row_line; /* on which the row being read began */
    bool has_header;
    bool too_many;
};

static void on_cell(void *data, size_t len, void *context)
{
    struct reader *reader = context;
    if (reader->cells_count == reader->cells_size) {
        uint32_t size = reader->cells_size > 0 ? reader->cells_size * 2 : 16;
        struct wh_span *cells = wh_arena_new(reader->arena, size, sizeof(*cells));
        if (reader->cells) memcpy(cells, reader->cells, reader->cells_count * sizeof(*cells));
        reader->cells = cells;
        reader->cells_size = size;
    }
    reader->cells[reader->cells_count++] = wh_arena_copy(reader->arena, wh_span(data, len));
}

static struct wh_csv_row *next_row(struct reader *reader)
{
    if (!reader->has_header) return &reader->csv->header;
    if (reader->csv->count == reader->rows_size) {
        uint32_t size = reader->rows_size > 0 ? reader->rows_size * 2 : 64;
        struct wh_csv_row *rows = wh_arena_new(reader->arena, size, sizeof(*rows));
        if (reader->rows) memcpy(rows, reader->rows, reader->csv->count * sizeof(*rows));
        reader->rows = rows;
        reader->rows_size = size;
    }
    return &reader->rows[reader->csv->count++];
}

static bool row_is_blank(const struct reader *reader)
{
    for (uint32_t i = 0; i < reader->cells_count; i++) {
        if (wh_text_trim(reader->cells[i]).len > 0) return false;
    }
    return true;
}

static void keep_row(struct reader *reader)
{
    struct wh_csv_row *row = next_row(reader);
    struct wh_span *cells = wh_arena_new(reader->arena, reader->cells_count, sizeof(*cells));
    memcpy(cells, reader->cells, reader->cells_count * sizeof(*cells));
    *row = (struct wh_csv_row){reader->row_line, reader->cells_count, cells};
    if (!reader->has_header) {
        reader->has_header = true;
    } else if (row->count != reader->csv->header.count) {
        wh_fault_add(reader->faults, row->line, WH_SPAN_EMPTY,
                     row->count > reader->csv->header.count ? WH_MSG_CSV_MORE : WH_MSG_CSV_FEWER,
                     WH_ARGS(wh_arg_n(row->count), wh_arg_n(reader->csv->header.count)));
        reader->csv->count--;
    }
}

static void on_row(int terminator, void *context)
{
    struct reader *reader = context;
    (void)terminator;
    if (!row_is_blank(reader)) {
        if (reader->csv->count >= WH_IMPORT_ROWS_MAX) {
            reader->too_many = true;
        } else {
            keep_row(reader);
        }
    }
    reader->cells_count = 0;
    reader->row_line = reader->line + 1;
}

/* Lines are fed one by one, so that each row knows where it begins. */
static int feed(struct csv_parser *parser, struct wh_span text, struct reader *reader)
{
    while (text.len > 0 && !reader->too_many) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) + 1 : text.len;
        bool blank = len <= 2 && (text.data[0] == '\n' || text.data[0] == '\r');
        if (blank && reader->row_line == reader->line) reader->row_line++; /* libcsv skips it */
        if (csv_parse(parser, text.data, len, on_cell, on_row, reader) != len) return -1;
        reader->line++;
        text = wh_span_from(text, len);
    }
    return csv_fini(parser, on_cell, on_row, reader);
}

static struct wh_span decode(struct wh_span text, struct wh_arena *arena, struct wh_csv *csv)
{
    struct wh_span converted = text;
    csv->encoding = WH_CSV_UTF8;
    if (wh_span_starts(text, WH_S("\xEF\xBB\xBF"))) {
        csv->encoding = WH_CSV_UTF8_BOM;
        return wh_span_from(text, 3);
    }
    if (!wh_text_is_utf8(text) && wh_text_from_gbk(text, arena, &converted) == 0) {
        csv->encoding = WH_CSV_GBK;
    }
    return converted;
}

void wh_csv_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                 struct wh_csv *ret)
{
    struct reader reader = {.arena = arena, .faults = faults, .csv = ret, .line = 1, .row_line = 1};
    struct csv_parser parser;
    *ret = (struct wh_csv){.encoding = WH_CSV_UTF8};
    text = decode(text, arena, ret);
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return;
    if (feed(&parser, text, &reader) != 0) {
        wh_fault_add(faults, reader.row_line, WH_SPAN_EMPTY, WH_MSG_CSV_QUOTE, NULL);
    } else if (reader.too_many) {
        wh_fault_add(faults, reader.line, WH_SPAN_EMPTY, WH_MSG_CSV_LONG,
                     WH_ARGS(wh_arg_n(WH_IMPORT_ROWS_MAX)));
    } else if (!reader.has_header) {
        wh_fault_add(faults, 1, WH_SPAN_EMPTY, WH_MSG_CSV_EMPTY, NULL);
    }
    csv_free(&parser);
    ret->rows = reader.rows;
}
