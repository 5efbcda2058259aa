/* The receiving half of a link: the one rule of Push (sync.md), and the Ack that is born only when
 * the batch that holds rows and cursor is on disk. */
#include "sync/link_parts.h"
#include "sync/wire.h"

static Wh__Ack *send_ack(struct wh_link *link, struct wh_out *out, const Wh__Reject *rejects,
                         uint32_t rejects_count);

enum kinship {
    KIN_ONE,    /* on one history with what this node followed so far */
    KIN_BRANCH, /* the sender gave that up, and begins again */
    KIN_LATE,   /* of an earlier session */
    KIN_STRANGE,
    KIN_ABANDONED, /* carried from a copy that was given up */
};

static int read_marks(const Wh__Push *push, struct wh_out *out, struct wh_history *ret)
{
    struct wh_term_mark *marks = wh_arena_new(&out->arena, push->n_terms, sizeof(*marks));
    for (size_t i = 0; i < push->n_terms; i++) {
        const Wh__TermMark *told = push->terms[i];
        marks[i] = (struct wh_term_mark){told->id, told->first, told->abandons, told->settles != 0};
        if (i > 0 && marks[i].first < marks[i - 1].first) return WH_E_CORRUPT;
    }
    *ret = (struct wh_history){marks, (uint32_t)push->n_terms};
    return 0;
}

static bool is_whole(const Wh__Push *push, struct wh_history told)
{
    struct wh_position after = {push->after->term, push->after->seq};
    struct wh_position last = {push->last->term, push->last->seq};
    struct wh_position head = {push->head->term, push->head->seq};
    if (last.seq < after.seq || head.seq < last.seq || last.term == 0) return false;
    return wh_history_holds(told, head.seq, after) && wh_history_holds(told, head.seq, last) &&
           wh_history_holds(told, head.seq, head);
}

/* The terms that a Push names cover everything from `after` on; what was seen before must lie
 * within them, or before them. What was carried had no greeting before it: there an older head is
 * of this history only if its term is known here. */
static enum kinship kinship_of(const struct wh_link *link, const struct wh_event *event,
                               struct wh_out *out)
{
    const Wh__Push *push = event->frame->push;
    struct wh_position seen = link->accepted.seen;
    uint64_t after = push->after->seq, head = push->head->seq;
    struct wh_history told;
    if (read_marks(push, out, &told) < 0 || !is_whole(push, told)) return KIN_STRANGE;
    /* Each Push of this session has at least the head of the greeting. Of an earlier one nobody can
     * tell whether it is of a branch that was given up since. */
    if (event->type != WH_EVENT_CARRIED && head < link->head.seq) return KIN_LATE;
    if (seen.term == 0 || wh_history_holds(told, head, seen)) return KIN_ONE;
    if (event->type == WH_EVENT_CARRIED) {
        if (event->is_known) return KIN_ONE;
        if (wh_link_is_given_up(event->self, told, head)) return KIN_ABANDONED;
    }
    if (after == 0 && wh_history_abandons(told, seen.term)) return KIN_BRANCH;
    if (seen.seq < after) return KIN_ONE; /* a gap, as it will turn out */
    return event->type != WH_EVENT_CARRIED && seen.seq > head ? KIN_ONE : KIN_STRANGE;
}

static void ask_commit(struct wh_link *link, const Wh__Push *push, struct wh_out *out)
{
    link->accepted.cursors[push->lane] = (struct wh_position){push->last->term, push->last->seq};
    if (push->head->seq >= link->accepted.seen.seq) {
        link->accepted.seen = (struct wh_position){push->head->term, push->head->seq};
    }
    out->commit = true;
    out->holding = link->accepted;
}

enum taking {
    TAKEN,
    NOT_TAKEN_GAP,
    NOT_TAKEN_KNOWN,
    NOT_TAKEN_STRANGE,
    NOT_TAKEN, /* its bytes are broken */
};

static enum taking take(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Push *push = event->frame->push;
    struct wh_span *rows = NULL;
    switch (kinship_of(link, event, out)) {
    case KIN_ONE: break;
    case KIN_BRANCH: /* a greatest cursor across histories means nothing: it is set */
        wh_out_note(out, WH_NOTE_PUSH_BRANCH, push->head->seq);
        link->accepted = (struct wh_holding){.seen = {0, 0}};
        break;
    case KIN_LATE: wh_out_note(out, WH_NOTE_PUSH_KNOWN, push->last->seq); return NOT_TAKEN_KNOWN;
    case KIN_STRANGE: return NOT_TAKEN_STRANGE;
    case KIN_ABANDONED: wh_out_note(out, WH_NOTE_ABANDONED, push->head->seq); return NOT_TAKEN;
    }
    if (push->after->seq > link->accepted.cursors[push->lane].seq) {
        wh_out_note(out, WH_NOTE_PUSH_GAP, push->after->seq);
        return NOT_TAKEN_GAP;
    }
    if (push->last->seq <= link->accepted.cursors[push->lane].seq) {
        wh_out_note(out, WH_NOTE_PUSH_KNOWN, push->last->seq);
        return NOT_TAKEN_KNOWN;
    }
    if (wh_rows_inflate(wh_span(push->rows.data, push->rows.len), push->rows_size, &out->arena,
                        &rows, &out->rows_count) < 0) {
        wh_out_note(out, WH_NOTE_PUSH_BROKEN, push->last->seq);
        return NOT_TAKEN;
    }
    out->rows = rows;
    ask_commit(link, push, out);
    return TAKEN;
}

void wh_receiver_on_push(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (link->state != WH_LINK_UP && link->state != WH_LINK_DIVERGED) return;
    switch (take(link, event, out)) {
    case TAKEN:
    case NOT_TAKEN: break;
    case NOT_TAKEN_GAP: send_ack(link, out, NULL, 0)->gap = true; break;
    case NOT_TAKEN_KNOWN: (void)send_ack(link, out, NULL, 0); break;
    case NOT_TAKEN_STRANGE: /* the next greeting tells who is who */
        wh_link_end_session(link, event, out, WH_NOTE_PUSH_STRANGE);
        break;
    }
}

void wh_receiver_on_carried(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (take(link, event, out) == NOT_TAKEN_STRANGE) {
        wh_out_note(out, WH_NOTE_PUSH_STRANGE, event->frame->push->head->seq);
    }
}

static bool is_same_position(struct wh_position a, struct wh_position b)
{
    return a.term == b.term && a.seq == b.seq;
}

static bool is_same_holding(const struct wh_holding *a, const struct wh_holding *b)
{
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (!is_same_position(a->cursors[lane], b->cursors[lane])) return false;
    }
    return is_same_position(a->seen, b->seen);
}

void wh_receiver_on_committed(struct wh_link *link, const struct wh_event *event,
                              struct wh_out *out)
{
    bool is_as_it_was = is_same_holding(&link->accepted, &link->durable);
    /* A Hello between the Push and this commit took `accepted` back to what was durable then; left
     * there, it would find a gap in every Push that continues what is acknowledged now. Where
     * nothing came since, all of it is taken: on a new branch cursors are set, not raised. */
    link->durable = event->committed;
    if (is_as_it_was) link->accepted = link->durable;
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (link->accepted.cursors[lane].seq < link->durable.cursors[lane].seq) {
            link->accepted.cursors[lane] = link->durable.cursors[lane];
        }
    }
    if (link->accepted.seen.seq < link->durable.seen.seq) link->accepted.seen = link->durable.seen;
    if (link->state != WH_LINK_UP && link->state != WH_LINK_DIVERGED) return;
    (void)send_ack(link, out, event->rejects, event->rejects_count);
}

void wh_receiver_on_still_refused(struct wh_link *link, const struct wh_event *event,
                                  struct wh_out *out)
{
    if (link->state != WH_LINK_UP && link->state != WH_LINK_DIVERGED) return;
    send_ack(link, out, event->rejects, event->rejects_count)->again = true;
}

static Wh__Ack *send_ack(struct wh_link *link, struct wh_out *out, const Wh__Reject *rejects,
                         uint32_t rejects_count)
{
    Wh__Ack *ack = wh_arena_new(&out->arena, 1, sizeof(*ack));
    wh__ack__init(ack);
    ack->n_cursors = WH_LANES;
    ack->cursors = wh_arena_new(&out->arena, WH_LANES, sizeof(*ack->cursors));
    for (int lane = 0; lane < WH_LANES; lane++) {
        ack->cursors[lane] = wh_out_position(out, link->durable.cursors[lane]);
    }
    ack->credit = WH_CREDIT_MAX;
    ack->n_rejects = rejects_count;
    ack->rejects = wh_arena_new(&out->arena, rejects_count, sizeof(*ack->rejects));
    for (uint32_t i = 0; i < rejects_count; i++) {
        ack->rejects[i] = wh_arena_new(&out->arena, 1, sizeof(**ack->rejects));
        *ack->rejects[i] = rejects[i];
    }
    wh_out_frame(out, WH__FRAME__BODY_ACK)->ack = ack;
    return ack;
}
