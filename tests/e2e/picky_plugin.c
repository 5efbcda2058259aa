/* picky: refuses a word as it is opened. With LEANS it is a second plugin that needs the first. */
#include <stdio.h>
#include <wuhao/plugin.h>

static const struct wh_host *host;

#ifndef LEANS
static const struct wh_setting settings[] = {
    {.name = "word", .title = {"词", "a word"}, .type = WH_TEXT, .fallback = "good"},
};
static const struct wh_column columns[] = {{"word", {"词", "Word"}, WH_TEXT, 0}};
static const struct wh_command commands[] = {
    {.name = "picky",
     .title = {"词", "says its word"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_READ,
     .example = "wuhao picky"},
};

static int picky_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    struct wh_value word = host->setting(host->self, "word");
    (void)self;
    (void)index;
    return host->reply_row(call, &word, 1, fail);
}
#else
static const char *const needs[] = {"picky"};
#endif

static int picky_open(const struct wh_host *given, void **ret_self, struct wh_failure *fail)
{
    (void)ret_self;
    (void)fail;
    host = given;
#ifndef LEANS
    if (wh_span_equal(host->setting(host->self, "word").text, wh_span_of("bad"))) {
        fail->code = WH_E_INVALID;
        (void)snprintf(fail->text, sizeof(fail->text), "setting word: not a good word");
        return WH_E_INVALID;
    }
#endif
    return 0;
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .version = "1",
    .title = {"挑剔", "refuses a word"},
    .open = picky_open,
#ifndef LEANS
    .name = "picky",
    .settings = WH_LIST(settings),
    .commands = WH_LIST(commands),
    .command = picky_command,
#else
    .name = "leaning",
    .needs = WH_LIST(needs),
#endif
};
