#include "report_file.h"

#include <stdio.h>

const char *report_name(const struct report *report, const char *stem, const char *extension,
                        char ret[REPORT_NAME_SIZE])
{
    const struct wh_host *host = report->talk->host;
    const char *root = report->rows[0].unit->code;
    int is_part = !wh_span_equal(host->home(host->self), wh_span_of(root));
    (void)snprintf(ret, REPORT_NAME_SIZE, "%s-%u%s%s.%s", stem, report->year, is_part ? "-" : "",
                   is_part ? root : "", extension);
    return ret;
}

int report_send(const struct report *report, const char *stem, const char *extension,
                struct wh_span content)
{
    const struct talk *talk = report->talk;
    char name[REPORT_NAME_SIZE];
    (void)report_name(report, stem, extension, name);
    return talk->host->reply_file(talk->call, wh_span_of(name), content, talk->fail);
}

int report_send_text(const struct report *report, const char *stem, const char *extension,
                     struct text *text)
{
    struct wh_span content = {text->data, text->len};
    int rc = text->failed ? WH_E_FAILED : report_send(report, stem, extension, content);
    text_free(text);
    return rc;
}
