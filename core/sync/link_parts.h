/* link_parts.h: what the files of the link share: link.c (session, time), link_sender.c,
 * link_receiver.c. Private to sync/. Thread: loop. */
#ifndef WH_SYNC_LINK_PARTS_H
#define WH_SYNC_LINK_PARTS_H

#include "sync/link.h"

/* Appends a frame to `out` with a body of `body_case`; the caller sets the body's pointer. */
Wh__Frame *wh_out_frame(struct wh_out *out, Wh__Frame__BodyCase body_case);
void wh_out_note(struct wh_out *out, enum wh_note_type type, uint64_t number);
Wh__Position *wh_out_position(struct wh_out *out, struct wh_position position);

/* link_sender.c */
void wh_sender_start(struct wh_link *link, const Wh__Holding *holding, uint32_t credit);
void wh_sender_pump(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_cut(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_ack(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_sender_on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out);

/* link_receiver.c */
void wh_receiver_on_push(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
void wh_receiver_on_committed(struct wh_link *link, const struct wh_event *event,
                              struct wh_out *out);

#endif
