/* csv.h: a table in CSV (RFC 4180, header first) as a person's spreadsheet writes it: UTF-8 with or
 * without a BOM, or GBK; LF or CR LF. Reading is by libcsv.
 * Thread: any. Ownership: the texts live in the arena given. */
#ifndef WH_MODEL_CSV_H
#define WH_MODEL_CSV_H

#include "base/error.h"

enum wh_csv_encoding {
    WH_CSV_UTF8,
    WH_CSV_UTF8_BOM,
    WH_CSV_GBK,
};

struct wh_csv_row {
    uint32_t line; /* on which it begins, from 1 */
    uint32_t count;
    const struct wh_span *cells;
};

struct wh_csv {
    enum wh_csv_encoding encoding;
    struct wh_csv_row header;
    uint32_t count;
    const struct wh_csv_row *rows;
};

/* Reads all of `text`. Faults: no header, a row with more or fewer cells than the header, a quote
 * that does not end, neither UTF-8 nor GBK, more than WH_IMPORT_ROWS_MAX rows. Rows without any
 * text are left out. */
void wh_csv_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                 struct wh_csv *ret);

#endif
