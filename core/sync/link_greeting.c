/* How a session begins: Hello, Welcome, Refuse. Both sides judge alike whether what the other holds
 * of them is what they wrote (sync.md "Terms"). */
#include <stdio.h>

#include "sync/link_parts.h"

/* What both Hello and Welcome say. */
struct greeting {
    const Wh__Position *head;
    const Wh__Holding *holding;
    Wh__Abandoned **abandoned;
    size_t abandoned_count;
    uint32_t credit;
};

static void begin_session(struct wh_link *link, const struct wh_event *event,
                          const struct greeting *greeting, struct wh_out *out);

static Wh__Holding *own_holding(const struct wh_link *link, struct wh_out *out)
{
    Wh__Holding *holding = wh_arena_new(&out->arena, 1, sizeof(*holding));
    wh__holding__init(holding);
    holding->n_cursors = WH_LANES;
    holding->cursors = wh_arena_new(&out->arena, WH_LANES, sizeof(*holding->cursors));
    for (int lane = 0; lane < WH_LANES; lane++) {
        holding->cursors[lane] = wh_out_position(out, link->durable.cursors[lane]);
    }
    holding->seen = wh_out_position(out, link->durable.seen);
    return holding;
}

static Wh__Position *own_head(const struct wh_self *self, struct wh_out *out)
{
    struct wh_position head = {wh_history_term_at(self->history, self->head), self->head};
    return wh_out_position(out, head);
}

/* What this side knows to be given up of the neighbour's history: a copy that comes back late finds
 * itself there. */
static size_t own_abandoned(const struct wh_self *self, struct wh_out *out, Wh__Abandoned ***ret)
{
    Wh__Abandoned **list = wh_arena_new(&out->arena, self->abandoned_count, sizeof(*list));
    for (uint32_t i = 0; i < self->abandoned_count; i++) {
        list[i] = wh_arena_new(&out->arena, 1, sizeof(**list));
        wh__abandoned__init(list[i]);
        list[i]->term = self->abandoned[i].term;
        list[i]->kept = self->abandoned[i].kept;
    }
    *ret = list;
    return self->abandoned_count;
}

void wh_bundle_greet(const struct wh_link *link, const struct wh_self *self, Wh__Bundle *bundle,
                     struct wh_out *out)
{
    bundle->head = own_head(self, out);
    bundle->holding = own_holding(link, out);
    bundle->n_abandoned = own_abandoned(self, out, &bundle->abandoned);
}

void wh_greeting_on_connected(struct wh_link *link, const struct wh_event *event,
                              struct wh_out *out)
{
    Wh__Hello *hello = wh_arena_new(&out->arena, 1, sizeof(*hello));
    if (link->role != WH_LINK_TO_PARENT || link->state != WH_LINK_CONNECTING) return;
    wh__hello__init(hello);
    hello->unit = wh_arena_text(&out->arena, event->self->unit);
    hello->protocol_min = WH_PROTOCOL_MIN;
    hello->protocol_max = WH_PROTOCOL_MAX;
    hello->head = own_head(event->self, out);
    hello->holding = own_holding(link, out);
    hello->clock_ms = (uint64_t)event->clock_ms;
    hello->program = wh_arena_text(&out->arena, wh_span_of(event->self->program));
    hello->credit = WH_CREDIT_MAX;
    hello->features = WH_FEATURES;
    hello->n_abandoned = own_abandoned(event->self, out, &hello->abandoned);
    wh_out_frame(out, WH__FRAME__BODY_HELLO)->hello = hello;
    link->received_ms = event->now_ms;
    wh_link_set_state(link, WH_LINK_GREETING, event->now_ms);
}

void wh_out_refuse(enum wh_refuse reason, const char *text, uint32_t retry_after_ms,
                   struct wh_out *out)
{
    Wh__Refuse *refusal = wh_arena_new(&out->arena, 1, sizeof(*refusal));
    wh__refuse__init(refusal);
    refusal->reason = reason;
    refusal->text = wh_arena_text(&out->arena, wh_span_of(text));
    refusal->retry_after_ms = retry_after_ms;
    wh_out_frame(out, WH__FRAME__BODY_REFUSE)->refuse = refusal;
}

static void know_neighbour(struct wh_link *link, const struct wh_event *event, uint64_t clock_ms,
                           const char *program, uint64_t features)
{
    link->features = features;
    link->skew_ms = (int64_t)clock_ms - event->clock_ms;
    (void)snprintf(link->program, sizeof(link->program), "%s", program);
}

/* A Hello under the same member key always begins a new session: the old connection may be dead
 * without this side having seen it. */
void wh_greeting_on_hello(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Hello *hello = event->frame->hello;
    Wh__Welcome *welcome = wh_arena_new(&out->arena, 1, sizeof(*welcome));
    if (link->role != WH_LINK_TO_CHILD) return;
    know_neighbour(link, event, hello->clock_ms, hello->program, hello->features);
    if (hello->protocol_max < WH_PROTOCOL_MIN || hello->protocol_min > WH_PROTOCOL_MAX) {
        wh_out_refuse(WH_REFUSE_PROTOCOL, "no common protocol", WH_RETRY_MS_MAX, out);
        wh_out_note(out, WH_NOTE_PROTOCOL, hello->protocol_max);
        return;
    }
    if (event->self->peer.len > 0 && !wh_span_equal(event->self->peer, wh_span_of(hello->unit))) {
        wh_out_refuse(WH_REFUSE_STRANGER, "the key belongs to another unit", WH_RETRY_MS_MAX, out);
        wh_out_note(out, WH_NOTE_STRANGER, 0);
        return;
    }
    wh__welcome__init(welcome);
    welcome->unit = wh_arena_text(&out->arena, event->self->unit);
    welcome->protocol =
        WH_PROTOCOL_MAX < hello->protocol_max ? WH_PROTOCOL_MAX : hello->protocol_max;
    welcome->head = own_head(event->self, out);
    welcome->holding = own_holding(link, out);
    welcome->clock_ms = (uint64_t)event->clock_ms;
    welcome->program = wh_arena_text(&out->arena, wh_span_of(event->self->program));
    welcome->credit = WH_CREDIT_MAX;
    welcome->features = WH_FEATURES;
    welcome->n_abandoned = own_abandoned(event->self, out, &welcome->abandoned);
    wh_out_frame(out, WH__FRAME__BODY_WELCOME)->welcome = welcome;
    begin_session(link, event,
                  &(struct greeting){hello->head, hello->holding, hello->abandoned,
                                     hello->n_abandoned, hello->credit},
                  out);
}

void wh_greeting_on_welcome(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Welcome *welcome = event->frame->welcome;
    if (link->state != WH_LINK_GREETING) return;
    know_neighbour(link, event, welcome->clock_ms, welcome->program, welcome->features);
    begin_session(link, event,
                  &(struct greeting){welcome->head, welcome->holding, welcome->abandoned,
                                     welcome->n_abandoned, welcome->credit},
                  out);
}

void wh_greeting_on_refuse(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Refuse *refusal = event->frame->refuse;
    int64_t wait_ms = refusal->retry_after_ms;
    if (link->role != WH_LINK_TO_PARENT) return;
    if (wait_ms < WH_RETRY_MS_FIRST) wait_ms = WH_RETRY_MS_FIRST;
    link->retry_at_ms = event->now_ms + wait_ms + (int64_t)(event->chance % (uint64_t)wait_ms);
    out->disconnect = true;
    if (refusal->reason == WH_REFUSE_ABANDONED && refusal->seen) {
        link->told = (struct wh_position){refusal->seen->term, refusal->seen->seq};
        if (wait_ms < WH_RETRY_MS_ABANDONED) link->retry_at_ms += WH_RETRY_MS_ABANDONED;
    }
    wh_out_note(out, refusal->reason == WH_REFUSE_ABANDONED ? WH_NOTE_ABANDONED : WH_NOTE_REFUSED,
                refusal->reason == WH_REFUSE_ABANDONED ? link->told.seq : refusal->reason);
    link->reason = out->notes[out->notes_count - 1];
    wh_link_set_state(link, WH_LINK_REFUSED, event->now_ms);
}

/* ---- Who is who ---- */

bool wh_link_is_given_up(const struct wh_self *self, struct wh_history history, uint64_t head)
{
    for (uint32_t i = 0; i < self->abandoned_count; i++) {
        const struct wh_abandoned *abandoned = &self->abandoned[i];
        if (wh_history_is_given_up(history, head, abandoned->term, abandoned->kept)) return true;
    }
    return false;
}

/* No, where this history has given up the very branch that the neighbour saw last: what the
 * neighbour tells was decided before that. */
static bool is_given_up(const struct wh_self *self, const struct greeting *greeting)
{
    if (wh_history_abandons(self->history, greeting->holding->seen->term)) return false;
    for (size_t i = 0; i < greeting->abandoned_count; i++) {
        const Wh__Abandoned *abandoned = greeting->abandoned[i];
        if (wh_history_is_given_up(self->history, self->head, abandoned->term, abandoned->kept)) {
            return true;
        }
    }
    return false;
}

/* The first position of ours that the neighbour holds and that this store did not write; term 0:
 * all that it holds is ours. */
static struct wh_position strange_position(const struct wh_self *self, const Wh__Holding *holding)
{
    struct wh_position seen = {holding->seen->term, holding->seen->seq};
    if (!wh_history_holds(self->history, self->head, seen)) return seen;
    for (int lane = 0; lane < WH_LANES; lane++) {
        struct wh_position cursor = {holding->cursors[lane]->term, holding->cursors[lane]->seq};
        if (!wh_history_holds(self->history, self->head, cursor)) return cursor;
    }
    return (struct wh_position){0, 0};
}

/* Another copy of this home has taken its place. An operator decides which is the right one. */
static void stand_back(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (link->role == WH_LINK_TO_PARENT) {
        out->disconnect = true;
    } else {
        out->frames_count = 0; /* no Welcome */
        wh_out_refuse(WH_REFUSE_ABANDONED, "the parent's store is a copy that was given up",
                      WH_RETRY_MS_MAX, out);
    }
    link->retry_at_ms = event->now_ms + WH_RETRY_MS_ABANDONED;
    wh_out_note(out, WH_NOTE_ABANDONED, link->told.seq);
    link->reason = out->notes[out->notes_count - 1];
    wh_link_set_state(link, WH_LINK_REFUSED, event->now_ms);
}

/* On the new branch all is sent again from the first entry: what the neighbour holds below the
 * common point may have holes, for keys moved on before the backup was put back. */
static void begin_branch(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    wh_sender_restart(link);
    wh_link_set_state(link, WH_LINK_UP, event->now_ms);
    wh_out_note(out, WH_NOTE_BRANCH, link->told.seq);
    link->reason = out->notes[out->notes_count - 1];
    wh_sender_pump(link, event, out);
}

/* Both sides begin alike: what I sent must be what the other says it heard from me. */
static void begin_session(struct wh_link *link, const struct wh_event *event,
                          const struct greeting *greeting, struct wh_out *out)
{
    const struct wh_self *self = event->self;
    struct wh_position strange = strange_position(self, greeting->holding);
    link->retries = 0;
    link->accepted = link->durable;
    link->head = (struct wh_position){greeting->head->term, greeting->head->seq};
    link->told = (struct wh_position){greeting->holding->seen->term, greeting->holding->seen->seq};
    wh_sender_start(link, greeting->holding, greeting->credit);
    if (is_given_up(self, greeting)) {
        stand_back(link, event, out);
        return;
    }
    if (strange.term != 0 && wh_history_abandons(self->history, strange.term)) {
        begin_branch(link, event, out);
        return;
    }
    wh_link_set_state(link, strange.term == 0 ? WH_LINK_UP : WH_LINK_DIVERGED, event->now_ms);
    wh_out_note(out, strange.term == 0 ? WH_NOTE_UP : WH_NOTE_DIVERGED, link->told.seq);
    link->reason = out->notes[out->notes_count - 1];
    out->branch = strange;
    wh_sender_pump(link, event, out);
}

void wh_greeting_on_branched(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (link->state == WH_LINK_DIVERGED) begin_branch(link, event, out);
}

/* The answer that a bundle brings: how far the neighbour holds this node's feed. While a session is
 * up it knows better. */
void wh_greeting_on_carried(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Bundle *bundle = event->bundle;
    const struct wh_self *self = event->self;
    struct greeting greeting = {bundle->head, bundle->holding, bundle->abandoned,
                                bundle->n_abandoned, 0};
    struct wh_position strange = strange_position(self, bundle->holding);
    if (link->state == WH_LINK_UP || link->state == WH_LINK_DIVERGED) return;
    link->told = (struct wh_position){bundle->holding->seen->term, bundle->holding->seen->seq};
    if (is_given_up(self, &greeting)) {
        wh_out_note(out, WH_NOTE_ABANDONED, link->told.seq);
        link->reason = out->notes[out->notes_count - 1];
        return;
    }
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->carried[lane] = strange.term == 0 ? bundle->holding->cursors[lane]->seq : 0;
    }
    if (strange.term == 0 || wh_history_abandons(self->history, strange.term)) return;
    wh_out_note(out, WH_NOTE_DIVERGED, link->told.seq);
    out->branch = strange;
}
