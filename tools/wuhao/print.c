#include "print.h"

#include <cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/num.h"
#include "base/text.h"
#include "cell.h"

#define FAULTS_SHOWN_MAX 20
#define BAR_COLUMNS 30

struct wh_printer {
    enum wh_form form;
    enum wh_language language;
    struct wh_arena arena; /* columns, and the rows of a table until its widths are known */
    struct wh_cell_column *columns;
    size_t count;
    struct wh_span **rows; /* of a table */
    size_t rows_count;
    size_t rows_size;
    struct wh_buffer notes; /* kept until the end: the first line on stderr is the error */
    bool bar;
    int exit_code;
};

struct wh_printer *wh_printer_new(enum wh_form form, enum wh_language language)
{
    struct wh_printer *printer = wh_memory_new(1, sizeof(*printer));
    printer->form = form;
    printer->language = language;
    return printer;
}

void wh_printer_free(struct wh_printer *printer)
{
    if (!printer) return;
    wh_memory_free(printer->rows);
    wh_buffer_deinit(&printer->notes);
    wh_arena_deinit(&printer->arena);
    wh_memory_free(printer);
}

int wh_printer_exit(const struct wh_printer *printer)
{
    return printer->exit_code;
}

/* What is printed for programs is in the words of the contract. */
static enum wh_language as_shown(const struct wh_printer *printer)
{
    return printer->form == WH_FORM_TABLE ? printer->language : WH_EN;
}

/* ---- JSON and CSV: row by row ---- */

static cJSON *json_value(const struct wh_printer *printer, const struct wh_cell_column *column,
                         const Wh__Cell *cell, struct wh_arena *arena)
{
    char number[32];
    struct wh_span text;
    if (cell->value_case == WH__CELL__VALUE__NOT_SET) return cJSON_CreateNull();
    if (column->type == WH_JSON) return cJSON_CreateRaw(cell->text);
    if (cell->value_case == WH__CELL__VALUE_NUMBER) {
        if (column->type == WH_YESNO) return cJSON_CreateBool(cell->number != 0);
        if (column->type != WH_DECIMAL && column->type != WH_DATE) {
            (void)snprintf(number, sizeof(number), "%" PRId64, cell->number);
            return cJSON_CreateRaw(number); /* a double would lose digits */
        }
    }
    text = wh_cell_text(as_shown(printer), column, cell, arena);
    return cJSON_CreateString(wh_arena_text(arena, text));
}

static void print_json_row(const struct wh_printer *printer, const Wh__ReplyRow *row)
{
    struct wh_arena arena = {NULL, 0};
    cJSON *object = cJSON_CreateObject();
    char *text;
    for (size_t i = 0; i < row->n_cells && i < printer->count; i++) {
        (void)cJSON_AddItemToObject(
            object, printer->columns[i].name,
            json_value(printer, &printer->columns[i], row->cells[i], &arena));
    }
    text = cJSON_PrintUnformatted(object);
    puts(text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
    wh_arena_deinit(&arena);
}

/* RFC 4180; a text that a spreadsheet would take for a formula is left as it is, since what is
 * exported is imported again. */
static void print_csv_cell(struct wh_span text, bool first)
{
    bool quote = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r') quote = true;
    }
    if (text.len > 0 && (text.data[0] == ' ' || text.data[text.len - 1] == ' ')) quote = true;
    if (!first) putchar(',');
    if (quote) putchar('"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') putchar('"');
        putchar(text.data[i]);
    }
    if (quote) putchar('"');
}

static void print_csv_row(const struct wh_printer *printer, const Wh__ReplyRow *row)
{
    struct wh_arena arena = {NULL, 0};
    for (size_t i = 0; i < row->n_cells && i < printer->count; i++) {
        print_csv_cell(wh_cell_text(as_shown(printer), &printer->columns[i], row->cells[i], &arena),
                       i == 0);
    }
    putchar('\n');
    wh_arena_deinit(&arena);
}

/* ---- Tables: kept until the widths are known ---- */

static void keep_row(struct wh_printer *printer, const Wh__ReplyRow *row)
{
    struct wh_span *cells = wh_arena_new(&printer->arena, printer->count, sizeof(*cells));
    for (size_t i = 0; i < row->n_cells && i < printer->count; i++) {
        struct wh_span text =
            wh_cell_text(as_shown(printer), &printer->columns[i], row->cells[i], &printer->arena);
        size_t width;
        cells[i] = wh_arena_copy(&printer->arena, wh_text_printable(text, &printer->arena));
        width = wh_text_columns(cells[i]);
        if (width > 0) printer->columns[i].used = true;
        if (width > printer->columns[i].width) printer->columns[i].width = width;
    }
    if (printer->rows_count == printer->rows_size) {
        printer->rows_size = printer->rows_size > 0 ? printer->rows_size * 2 : 64;
        printer->rows = wh_memory_resize(printer->rows, printer->rows_size, sizeof(*printer->rows));
    }
    printer->rows[printer->rows_count++] = cells;
}

static bool is_right_aligned(const struct wh_cell_column *column)
{
    return column->type == WH_INTEGER || column->type == WH_DECIMAL;
}

/* Nothing follows in this row: no padding then. */
static bool is_last(const struct wh_printer *printer, size_t row, size_t column)
{
    for (size_t i = column + 1; i < printer->count; i++) {
        if (printer->rows[row][i].len > 0) return false;
    }
    return true;
}

static void print_cell(const struct wh_cell_column *column, struct wh_span text, bool last)
{
    size_t width = wh_text_columns(text);
    int pad = column->width > width ? (int)(column->width - width) : 0;
    if (!column->used || (last && text.len == 0)) return;
    if (is_right_aligned(column)) {
        printf("%*s%.*s%s", pad, "", (int)text.len, text.data ? text.data : "", last ? "" : "  ");
    } else {
        printf("%.*s%*s%s", (int)text.len, text.data ? text.data : "", last ? 0 : pad, "",
               last ? "" : "  ");
    }
}

/* A single wide row reads better upright. */
static void print_upright(const struct wh_printer *printer)
{
    size_t width = 0;
    for (size_t i = 0; i < printer->count; i++) {
        size_t columns = wh_text_columns(wh_span_of(printer->columns[i].title));
        if (columns > width) width = columns;
    }
    for (size_t i = 0; i < printer->count; i++) {
        struct wh_span text = printer->rows[0][i];
        size_t columns = wh_text_columns(wh_span_of(printer->columns[i].title));
        printf("%s%*s  %.*s\n", printer->columns[i].title, (int)(width - columns), "",
               (int)text.len, text.data ? text.data : "");
    }
}

#define UPRIGHT_COLUMNS_MIN 9

static size_t last_used(const struct wh_printer *printer)
{
    size_t i = printer->count - 1;
    while (i > 0 && !printer->columns[i].used) i--;
    return i;
}

static void print_table(struct wh_printer *printer)
{
    if (printer->count == 0) return;
    if (printer->count == 1) { /* an id or a token: for scripts too */
        for (size_t r = 0; r < printer->rows_count; r++) {
            printf("%.*s\n", (int)printer->rows[r][0].len,
                   printer->rows[r][0].data ? printer->rows[r][0].data : "");
        }
        return;
    }
    if (printer->rows_count == 0) {
        for (size_t i = 0; i < printer->count; i++) printer->columns[i].used = true;
    }
    if (printer->rows_count == 1 && printer->count >= UPRIGHT_COLUMNS_MIN) {
        print_upright(printer);
        return;
    }
    for (size_t i = 0; i < printer->count; i++) {
        print_cell(&printer->columns[i], wh_span_of(printer->columns[i].title),
                   i == last_used(printer));
    }
    putchar('\n');
    for (size_t r = 0; r < printer->rows_count; r++) {
        for (size_t i = 0; i < printer->count; i++) {
            print_cell(&printer->columns[i], printer->rows[r][i], is_last(printer, r, i));
        }
        putchar('\n');
    }
    if (printer->rows_count == 0) puts(printer->language == WH_ZH ? "（没有）" : "(none)");
}

/* ---- Frames ---- */

static void take_columns(struct wh_printer *printer, const Wh__Columns *columns)
{
    printer->count = columns->n_columns;
    printer->columns = wh_arena_new(&printer->arena, printer->count, sizeof(*printer->columns));
    for (size_t i = 0; i < printer->count; i++) {
        const Wh__Column *column = columns->columns[i];
        struct wh_cell_column *kept = &printer->columns[i];
        kept->name = wh_arena_text(&printer->arena, wh_span_of(column->name));
        kept->title = wh_arena_text(&printer->arena, wh_span_of(column->title));
        kept->type = column->type;
        kept->width = wh_text_columns(wh_span_of(kept->title));
        if (printer->form == WH_FORM_CSV) print_csv_cell(wh_span_of(kept->name), i == 0);
    }
    if (printer->form == WH_FORM_CSV) putchar('\n');
}

static void take_words(struct wh_printer *printer, const Wh__Words *words)
{
    for (size_t i = 0; i < printer->count; i++) {
        struct wh_cell_column *column = &printer->columns[i];
        if (strcmp(column->name, words->column) != 0) continue;
        column->words = wh_arena_new(&printer->arena, words->n_words, sizeof(*column->words));
        column->words_count = words->n_words;
        for (size_t w = 0; w < words->n_words; w++) {
            const Wh__Words__Word *from = words->words[w];
            column->words[w].word = wh_arena_text(&printer->arena, wh_span_of(from->word));
            column->words[w].title = wh_arena_text(&printer->arena, wh_span_of(from->title));
        }
    }
}

static void take_row(struct wh_printer *printer, const Wh__ReplyRow *row)
{
    switch (printer->form) {
    case WH_FORM_JSON: print_json_row(printer, row); break;
    case WH_FORM_CSV: print_csv_row(printer, row); break;
    default: keep_row(printer, row); break;
    }
}

static void take_progress(struct wh_printer *printer, const Wh__Progress *progress)
{
    int filled;
    if (!isatty(STDERR_FILENO) || progress->total == 0) return;
    filled = (int)(progress->done * BAR_COLUMNS / progress->total);
    fprintf(stderr, "\r[%.*s%*s] %3d %%", filled, "##############################",
            BAR_COLUMNS - filled, "", (int)(progress->done * 100 / progress->total));
    printer->bar = true;
}

static void clear_bar(struct wh_printer *printer)
{
    if (printer->bar) fputs("\r\033[K", stderr);
    printer->bar = false;
}

static void print_faults(const struct wh_printer *printer, const Wh__End *end)
{
    size_t shown = end->n_faults;
    if (shown > FAULTS_SHOWN_MAX && printer->form != WH_FORM_JSON) shown = FAULTS_SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) {
        const Wh__Fault *fault = end->faults[i];
        fputs("  ", stderr);
        if (fault->line > 0) {
            fprintf(stderr, printer->language == WH_ZH ? "第 %u 行" : "line %u", fault->line);
        }
        if (fault->field[0]) fprintf(stderr, "%s%s", fault->line > 0 ? ", " : "", fault->field);
        fprintf(stderr, "%s%s\n", fault->line > 0 || fault->field[0] ? ": " : "", fault->text);
    }
    if (end->fault_count > shown) {
        fprintf(stderr, printer->language == WH_ZH ? "  另有 %zu 处\n" : "  and %zu more\n",
                end->fault_count - shown);
    }
}

static void print_json_error(int code, const char *message, const char *field, uint32_t line)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *error = cJSON_AddObjectToObject(object, "error");
    char *text;
    (void)cJSON_AddStringToObject(error, "code", wh_code_name(code));
    (void)cJSON_AddStringToObject(error, "message", message);
    if (field && *field) {
        (void)cJSON_AddStringToObject(error, "field", field);
    } else {
        (void)cJSON_AddNullToObject(error, "field");
    }
    if (line > 0) {
        (void)cJSON_AddNumberToObject(error, "line", line);
    } else {
        (void)cJSON_AddNullToObject(error, "line");
    }
    text = cJSON_PrintUnformatted(object);
    puts(text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void take_end(struct wh_printer *printer, const Wh__End *end)
{
    bool is_done = end->code == 0 || end->code == WH_E_SOME_REFUSED;
    /* what came before it failed may say why, as in a test of a plugin */
    bool has_come = end->code == WH_E_FAILED && printer->rows_count > 0;
    clear_bar(printer);
    if ((is_done || has_come) && printer->form == WH_FORM_TABLE) print_table(printer);
    if (end->code < 0) {
        fprintf(stderr, "wuhao: %s\n", end->message);
        if (printer->form == WH_FORM_JSON) {
            print_json_error(end->code, end->message, end->field, end->line);
        }
    }
    print_faults(printer, end);
    if (printer->notes.len > 0) {
        fprintf(stderr, "%.*s", (int)printer->notes.len, printer->notes.data);
    }
    printer->exit_code = wh_code_exit(end->code);
    if (end->code == 0 && end->fault_count > 0) {
        printer->exit_code = wh_code_exit(WH_E_SOME_REFUSED);
    }
}

int wh_printer_take(struct wh_printer *printer, const Wh__Reply *reply)
{
    switch (reply->body_case) {
    case WH__REPLY__BODY_COLUMNS: take_columns(printer, reply->columns); break;
    case WH__REPLY__BODY_WORDS: take_words(printer, reply->words); break;
    case WH__REPLY__BODY_ROW: take_row(printer, reply->row); break;
    case WH__REPLY__BODY_PROGRESS: take_progress(printer, reply->progress); break;
    case WH__REPLY__BODY_NOTE: wh_buffer_print(&printer->notes, "%s\n", reply->note->text); break;
    case WH__REPLY__BODY_END: take_end(printer, reply->end); return 1;
    default: break;
    }
    return 0;
}

void wh_printer_wrote(struct wh_printer *printer, struct wh_span path)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span shown = wh_text_printable(path, &arena);
    wh_buffer_print(&printer->notes, printer->language == WH_ZH ? "已写入 %.*s\n" : "wrote %.*s\n",
                    (int)shown.len, shown.data);
    wh_arena_deinit(&arena);
}

void wh_print_error(enum wh_form form, enum wh_language language, const struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    char *text = wh_arena_text(&arena, wh_error_text(err, language, &arena));
    fprintf(stderr, "wuhao: %s\n", text);
    if (form == WH_FORM_JSON) print_json_error(err->code, text, NULL, 0);
    wh_arena_deinit(&arena);
}
