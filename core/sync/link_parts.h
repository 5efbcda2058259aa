/* link_parts.h: what the files of the link share: link.c (states, time), link_greeting.c,
 * link_sender.c, link_receiver.c. Private to sync/. Thread: loop. */
#ifndef WH_SYNC_LINK_PARTS_H
#define WH_SYNC_LINK_PARTS_H

#include "sync/link.h"

/* Appends a frame to `out` with a body of `body_case`; the caller sets the body's pointer. */
Wh__Frame *wh_out_frame(struct wh_out *out, Wh__Frame__BodyCase body_case);
void wh_out_note(struct wh_out *out, enum wh_note_type type, uint64_t number);
Wh__Position *wh_out_position(struct wh_out *out, struct wh_position position);

void wh_link_set_state(struct wh_link *link, enum wh_link_state state, int64_t now_ms);
/* link.c: leaves the session and says Bye; the child comes again. */
void wh_link_end_session(struct wh_link *link, const struct wh_event *event, struct wh_out *out,
                         enum wh_note_type why);

/* link_greeting.c: does this history hold what the other side saw given up? */
bool wh_link_is_given_up(const struct wh_self *self, struct wh_history history, uint64_t head);
void wh_greeting_on_carried(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_greeting_on_connected(struct wh_link *link, const struct wh_event *event,
                              struct wh_out *out);
void wh_greeting_on_hello(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_greeting_on_welcome(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_greeting_on_refuse(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_greeting_on_branched(struct wh_link *link, const struct wh_event *event,
                             struct wh_out *out);
void wh_out_refuse(enum wh_refuse reason, const char *text, uint32_t retry_after_ms,
                   struct wh_out *out);

/* link_sender.c */
void wh_sender_start(struct wh_link *link, const Wh__Holding *holding, uint32_t credit);
/* All again from the first entry: a new branch. */
void wh_sender_restart(struct wh_link *link);
void wh_sender_pump(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_cut(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_ack(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out);

/* link_receiver.c */
void wh_receiver_on_push(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
/* A Push out of a bundle: the same rule, and nobody to answer. */
void wh_receiver_on_carried(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_receiver_on_committed(struct wh_link *link, const struct wh_event *event,
                              struct wh_out *out);
void wh_receiver_on_still_refused(struct wh_link *link, const struct wh_event *event,
                                  struct wh_out *out);

#endif
