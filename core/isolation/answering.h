/* answering.h: one question of an isolated plugin's process on its way through the host table.
 * Private to isolation/. Thread: loop. */
#ifndef WH_ISOLATION_ANSWERING_H
#define WH_ISOLATION_ANSWERING_H

#include "isolation/proxy_parts.h"

struct answering {
    struct wh_proxy *proxy;
    const struct wh_host *host;
    struct wh_wire in;
    struct wh_wire out;
    struct wh_failure *failure;
};

/* answers_reads.c: what is read. WH_E_CORRUPT for another question too. */
int wh_answer_read(struct answering *of, enum wh_ask ask);

#endif
