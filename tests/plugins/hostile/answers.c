/* Comes back with something that no callback may give: -DGIVES names it. */
#include "anywhere.h"

#include <unistd.h>

#define NUMBER 0    /* the code RC, and no word why */
#define RUBBISH 1   /* a failure whose text has no end and is no UTF-8 */
#define TOO_FEW 2   /* a row of fewer values than there are columns */
#define TOO_MANY 3  /* one of more */
#define NO_TYPE 4   /* a value of a type that is none */
#define NOT_JSON 5  /* text in a JSON column that is not JSON */
#define CONTROLS 6  /* control characters and broken UTF-8 */
#define NO_METRIC 7 /* a metric that the kind does not declare */
#define NO_SPAN 8   /* a text with a length and no bytes */
#define BYTES 10    /* bytes on every open descriptor, among them its line to the node */
#define TURNS 11    /* a failure in other words each time */
#define COLUMNS 9   /* columns although the command declares them; then rows of those */
#ifndef GIVES
#define GIVES NUMBER
#endif
#ifndef RC
#define RC 12345
#endif

static int row_of(struct wh_call *call, struct wh_value what, struct wh_value data, uint32_t values,
                  struct wh_failure *fail)
{
    struct wh_value row[5] = {{.type = WH_INTEGER, .number = 1}, what, data, what, what};
    return call ? host->reply_row(call, row, values, fail) : 0;
}

static int complain(struct wh_failure *fail)
{
    static unsigned turn;
    turn++;
    memset(fail->text, 0, sizeof(fail->text));
    memset(fail->text, 'a' + (int)(turn % 26), 1 + turn % 400);
    return WH_E_FAILED;
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    static const struct wh_column other[] = {{.name = "x", .title = {"x", "x"}, .type = WH_TEXT}};
    struct wh_list of = WH_LIST(other);
    struct wh_value text = {.type = WH_TEXT, .text = wh_span_of("text")};
    struct wh_value json = {.type = WH_JSON, .text = wh_span_of("{}")};
    int which = GIVES, rc = WH_E_FAILED;
    switch (which) {
    case NUMBER: return RC;
    case RUBBISH:
        fail->code = -77;
        memset(fail->text, 0xc3, sizeof(fail->text));
        return WH_E_FAILED;
    case TURNS: return complain(fail);
    case TOO_FEW: return row_of(call, text, json, 1, fail);
    case TOO_MANY: return row_of(call, text, json, 5, fail);
    case NO_TYPE: text.type = 99; break;
    case NOT_JSON: json.text = wh_span_of("{\"a\": [1, 2"); break;
    case CONTROLS: text.text = wh_span_of("a\x1b[2Jb\r\nc\x07\xff\xfe"); break;
    case NO_METRIC: return host->metric_set(host->self, wh_span_of("no_such_metric"), 7, fail);
    case NO_SPAN: text.text = (struct wh_span){NULL, 5}; break;
    case BYTES:
        for (int file = 3; file < 32; file++) {
            if (write(file, fail->text, sizeof(fail->text)) > 0) rc = 0;
        }
        return rc < 0 ? rc : row_of(call, text, json, 3, fail);
    case COLUMNS:
        if (call && host->reply_columns(call, of, fail) < 0) return WH_E_FAILED;
        return row_of(call, text, text, 1, fail);
    }
    return row_of(call, text, json, 3, fail);
}
