/* What came out of a step, shown and compared. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/text.h"
#include "kit/kit_parts.h"

struct wh_span *wh_kit_row(struct wh_kit *kit, struct wh_kit_table *table)
{
    struct wh_span *row;
    if (table->rows == table->size) {
        uint32_t size = table->size == 0 ? 8 : table->size * 2;
        struct wh_span *cells =
            wh_arena_new(kit->arena, (size_t)size * table->columns + 1, sizeof(*cells));
        if (table->rows > 0) {
            memcpy(cells, table->cells, (size_t)table->rows * table->columns * sizeof(*cells));
        }
        table->cells = cells;
        table->size = size;
    }
    row = &table->cells[(size_t)table->rows * table->columns];
    table->rows++;
    return row;
}

struct wh_span wh_kit_number_text(struct wh_kit *kit, uint32_t type, int64_t number)
{
    const struct wh_field field = {.type = wh_type_is_number(type) ? type : WH_INTEGER};
    const struct wh_field_value value = {true, number, WH_SPAN_EMPTY};
    char moment[WH_MOMENT_TEXT_SIZE];
    if (type != WH_TIME) return wh_field_text(&field, &value, kit->arena);
    wh_moment_format(number, WH_KIT_ZONE_MINUTES, moment);
    return wh_arena_copy(kit->arena, wh_span_of(moment));
}

static struct wh_span step_text(struct wh_kit *kit, const struct wh_step *step)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    wh_buffer_put(&buffer, wh_span_of(wh_step_word(step->verb)));
    if (step->subject.len > 0) {
        wh_buffer_put_byte(&buffer, ' ');
        wh_buffer_put(&buffer, step->subject);
    }
    text = wh_arena_copy(kit->arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return text;
}

void wh_kit_show_text(struct wh_kit *kit, const struct wh_step *step, struct wh_span text)
{
    const struct wh_kit_line line = {step->line, step_text(kit, step), text};
    kit->wanted->each(kit->wanted->each_context, &line);
}

/* A text with a blank stands in quotes, so that one sees where it ends. */
static void put_cell(struct wh_buffer *buffer, struct wh_span name, struct wh_span text)
{
    bool quoted = text.len == 0 || memchr(text.data, ' ', text.len) != NULL;
    if (buffer->len > 0) wh_buffer_put_byte(buffer, ' ');
    wh_buffer_put(buffer, name);
    wh_buffer_put_byte(buffer, '=');
    if (quoted) wh_buffer_put_byte(buffer, '"');
    wh_buffer_put(buffer, text);
    if (quoted) wh_buffer_put_byte(buffer, '"');
}

static void show_rows(struct wh_kit *kit, const struct wh_step *step,
                      const struct wh_kit_table *table)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    for (uint32_t row = 0; row < table->rows; row++) {
        const struct wh_span *cells = &table->cells[(size_t)row * table->columns];
        wh_buffer_clear(&buffer);
        for (uint32_t i = 0; i < table->columns; i++) {
            put_cell(&buffer, table->names[i], cells[i]);
        }
        wh_kit_show_text(kit, step, wh_arena_copy(kit->arena, wh_buffer_span(&buffer)));
    }
    if (table->rows == 0) wh_kit_show_text(kit, step, WH_SPAN_EMPTY);
    wh_buffer_deinit(&buffer);
}

static struct wh_span column_word(const void *table, size_t i)
{
    const struct wh_kit_table *of = table;
    return i < of->columns ? of->names[i] : WH_SPAN_EMPTY;
}

static uint32_t column_named(const struct wh_kit_table *table, struct wh_span name)
{
    uint32_t i = 0;
    while (i < table->columns && !wh_span_equal(table->names[i], name)) i++;
    return i;
}

static void compare_row(struct wh_kit *kit, const struct wh_expected *expected,
                        const struct wh_kit_table *table, uint32_t row)
{
    for (uint32_t i = 0; i < expected->count; i++) {
        const struct wh_entry *cell = &expected->cells[i];
        uint32_t column = column_named(table, cell->name);
        struct wh_span came, near;
        if (column == table->columns) {
            near = wh_text_nearest(cell->name, column_word, table);
            wh_fault_add(kit->faults, expected->line, cell->name,
                         near.data ? WH_MSG_KIT_NAME_NEAR : WH_MSG_KIT_NAME,
                         WH_ARGS(wh_arg_s(near)));
            continue;
        }
        came = table->cells[(size_t)row * table->columns + column];
        if (wh_span_equal(came, cell->text)) continue;
        wh_fault_add(kit->faults, expected->line, cell->name, WH_MSG_KIT_DIFFERS,
                     WH_ARGS(wh_arg_s(cell->text), wh_arg_s(came)));
    }
}

void wh_kit_show(struct wh_kit *kit, const struct wh_step *step, const struct wh_kit_table *table)
{
    uint32_t both = step->expect_count < table->rows ? step->expect_count : table->rows;
    show_rows(kit, step, table);
    if (!step->expects) return;
    if (step->expect_count != table->rows) {
        wh_fault_add(kit->faults, step->line, step_text(kit, step), WH_MSG_KIT_ROWS,
                     WH_ARGS(wh_arg_n(step->expect_count), wh_arg_n(table->rows)));
    }
    for (uint32_t i = 0; i < both; i++) compare_row(kit, &step->expect[i], table, i);
}
