/* ask.h: brings a request to a node and its reply back: over the control socket of a running one,
 * or by starting wuhaod for the one command. Thread: main. */
#ifndef WUHAO_ASK_H
#define WUHAO_ASK_H

#include "base/error.h"
#include "door.pb-c.h"
#include "words.h"

/* One frame of the reply, lent for the call; 1: it was the last. */
typedef int (*wh_ask_visit)(void *context, const Wh__Reply *reply);

/* Asks the running node: WH_E_UNREACHABLE. */
int wh_ask_node(const struct wh_words *words, const Wh__Request *request, wh_ask_visit visit,
                void *context, struct wh_error *err);

/* Has `wuhaod --once`, which stands beside this program, answer: WH_E_FAILED. */
int wh_ask_once(const struct wh_words *words, const Wh__Request *request, wh_ask_visit visit,
                void *context, struct wh_error *err);

/* True where a node's control socket is there and somebody listens on it. */
bool wh_ask_is_running(const struct wh_words *words);

#endif
