/* proxy_parts.h: what proxy.c and answers.c share. Private to isolation/. Thread: loop. */
#ifndef WH_ISOLATION_PROXY_PARTS_H
#define WH_ISOLATION_PROXY_PARTS_H

#include <sys/types.h>

#include "isolation/exchange.h"
#include "isolation/proxy.h"
#include "isolation/wire.h"

struct wh_proxy {
    struct wh_plugin plugin; /* what it declares, with the proxy's callbacks */
    struct wh_proxy_config config;
    struct wh_arena arena;      /* of the declaration */
    struct wh_buffer declared;  /* its bytes: the file must not declare anything else later */
    const struct wh_host *host; /* NULL before open */
    struct wh_exchange exchange;
    pid_t pid; /* 0: none */
    char sandbox[120];
    char end[160]; /* how the last process ended */
    bool died;     /* in the last callback; not told yet */
    uint32_t deaths_in_a_row;
    int64_t rest_until_ms; /* monotonic */
    struct wh_call *call;  /* within `command` */
};

#define WH_ANSWER_TOO_LARGE "too much at once for an isolated plugin (ask for a shorter time)"
#define WH_ANSWER_NO_CALL "a reply is given within a command only"

/* answers.c: carries out what the process asks for, and puts the answer's payload into `answer`.
 * Returns the host function's code. */
int wh_proxy_answer(struct wh_proxy *proxy, struct wh_span asked, struct wh_arena *arena,
                    struct wh_buffer *answer, struct wh_failure *failure);

#endif
