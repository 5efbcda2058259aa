/* bundle export|import: the link as files that are carried (sync.md, promise 7).
 *
 * A file is a mark, the public keys of sender and receiver, and a box for the receiver. It is
 * written beside, synced and renamed. */
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/seal.h"
#include "base/z85.h"
#include "commands/handlers.h"
#include "engine/bundles.h"
#include "engine/members.h"
#include "home/file.h"
#include "model/unit.h"
#include "sync/wire.h"

#define MARK "WHB1"
#define MARK_BYTES 4
#define HEAD_BYTES (MARK_BYTES + 2 * WH_KEY_BYTES)
#define SIZE_MIN (16u << 10)
#define ANSWER_ENDING ".answer"

/* ---- Whose key ---- */

static int parent_key(struct wh_desk *desk, uint8_t ret[WH_KEY_BYTES], struct wh_error *err)
{
    struct wh_span key = desk->home->config.parent_key;
    if (key.len == 0) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_SYNC_NO_PARENT, NULL);
    if (wh_z85_parse(key, ret, WH_KEY_BYTES) == 0) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_CONFIG_KEY, WH_ARGS(wh_arg_c("parent.key")));
}

static bool find_member(struct wh_desk *desk, struct wh_span unit, struct wh_member_view *ret)
{
    for (uint32_t i = 0; wh_member_at(desk->engine, i, ret); i++) {
        if (wh_span_equal(ret->unit, unit) && !ret->revoked &&
            wh_span_equal(ret->origin, wh_engine_home(desk->engine))) {
            return true;
        }
    }
    return false;
}

/* The key of the neighbour; `unit` is empty for the parent. */
static int key_of(struct wh_desk *desk, struct wh_span unit, uint8_t ret[WH_KEY_BYTES],
                  struct wh_error *err)
{
    struct wh_member_view member;
    if (unit.len == 0) return parent_key(desk, ret, err);
    if (!find_member(desk, unit, &member)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_MEMBER_UNKNOWN, WH_ARGS(wh_arg_s(unit)));
    }
    memcpy(ret, member.key, WH_KEY_BYTES);
    return 0;
}

/* ---- export ---- */

static int read_size(struct wh_call *call, size_t *ret, struct wh_error *err)
{
    struct wh_span text = wh_call_text(call, "max-size");
    uint64_t size = 0;
    size_t i = 0;
    *ret = WH_BUNDLE_BYTES_MAX;
    if (text.len == 0) return 0;
    for (; i < text.len && i < 10 && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        size = size * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (i + 1 == text.len && (text.data[i] == 'K' || text.data[i] == 'k')) size <<= 10, i++;
    if (i + 1 == text.len && (text.data[i] == 'M' || text.data[i] == 'm')) size <<= 20, i++;
    if (i != text.len || size < SIZE_MIN || size > WH_BUNDLE_BYTES_MAX) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_BUNDLE_SIZE, WH_ARGS(wh_arg_s(text)));
    }
    *ret = size;
    return 0;
}

/* FILE, or FILE.1, FILE.2 ... where there are several parts. */
static char *part_path(struct wh_call *call, struct wh_span path, uint32_t part, uint32_t parts)
{
    char number[16] = "";
    if (parts > 1) (void)snprintf(number, sizeof(number), ".%u", part);
    size_t len = path.len + strlen(number) + 1;
    char *text = wh_arena_new(&call->arena, len, 1);
    (void)snprintf(text, len, "%.*s%s", (int)path.len, path.data, number);
    return text;
}

static int check_absent(const char *path, struct wh_error *err)
{
    if (access(path, F_OK) != 0) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_EXISTS, WH_ARGS(wh_arg_c(path)));
}

static int write_part(struct wh_desk *desk, struct wh_call *call, const uint8_t to[WH_KEY_BYTES],
                      struct wh_span bytes, const char *path, struct wh_error *err)
{
    struct wh_span box = wh_box(desk->home->node_secret, to, bytes, &call->arena);
    char *file = wh_arena_new(&call->arena, box.len + HEAD_BYTES, 1);
    memcpy(file, MARK, MARK_BYTES);
    memcpy(file + MARK_BYTES, desk->home->node_public, WH_KEY_BYTES);
    memcpy(file + MARK_BYTES + WH_KEY_BYTES, to, WH_KEY_BYTES);
    memcpy(file + HEAD_BYTES, box.data, box.len);
    return wh_file_write(path, wh_span(file, box.len + HEAD_BYTES), 0600, err);
}

/* What is written, and to whom. */
struct outgoing {
    uint8_t key[WH_KEY_BYTES];
    struct wh_bundle_part *parts;
    uint32_t count;
};

static int make_outgoing(struct wh_desk *desk, struct wh_call *call,
                         const struct wh_bundle_request *request, struct outgoing *ret,
                         struct wh_error *err)
{
    int rc = key_of(desk, request->child, ret->key, err);
    if (rc < 0) return rc;
    return wh_bundle_make(desk->engine, request, &call->arena, &ret->parts, &ret->count, err);
}

static void reply_part(struct wh_call *call, const char *file, const struct outgoing *outgoing,
                       uint32_t i)
{
    struct wh_value row[] = {
        wh_value_text(wh_span_of(file)),
        wh_value_number(WH_INTEGER, i + 1),
        wh_value_number(WH_INTEGER, outgoing->parts[i].rows),
        wh_value_number(WH_INTEGER,
                        (int64_t)(outgoing->parts[i].bytes.len + WH_BOX_BYTES + HEAD_BYTES)),
    };
    wh_reply_row(call, row, 4);
}

int wh_run_bundle_export(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_bundle_request request = {.child = wh_call_text(call, "to"),
                                        .from_start = wh_call_has(call, "all")};
    struct wh_span path = wh_call_text(call, "file");
    struct outgoing outgoing;
    int rc = read_size(call, &request.bytes_max, err);
    if (rc < 0) return rc;
    request.bytes_max -= WH_BOX_BYTES + HEAD_BYTES;
    rc = make_outgoing(desk, call, &request, &outgoing, err);
    if (rc < 0) return rc;
    for (uint32_t i = 0; rc == 0 && i < outgoing.count; i++) {
        rc = check_absent(part_path(call, path, i + 1, outgoing.count), err);
    }
    for (uint32_t i = 0; rc == 0 && i < outgoing.count; i++) {
        char *file = part_path(call, path, i + 1, outgoing.count);
        rc = write_part(desk, call, outgoing.key, outgoing.parts[i].bytes, file, err);
        if (rc == 0) reply_part(call, file, &outgoing, i);
    }
    return rc;
}

/* ---- import ---- */

/* An import waits for the commit before it answers. */
struct importing {
    struct wh_span from; /* empty: the parent */
    struct wh_bundle_fate fate;
    const Wh__Bundle *bundle;
    size_t next; /* of its frames */
    bool is_whole;
    struct wh_error refusal; /* code 0: none. The answer is written all the same: it helps */
};

/* Whose file it is: *ret_unit is empty for the parent's. */
static int find_sender(struct wh_desk *desk, const uint8_t key[WH_KEY_BYTES], const char *path,
                       struct wh_span *ret_unit, struct wh_error *err)
{
    uint8_t parent[WH_KEY_BYTES];
    struct wh_member_view member;
    struct wh_error none;
    *ret_unit = WH_SPAN_EMPTY;
    if (parent_key(desk, parent, &none) == 0 && memcmp(parent, key, WH_KEY_BYTES) == 0) return 0;
    for (uint32_t i = 0; wh_member_at(desk->engine, i, &member); i++) {
        if (member.revoked || memcmp(member.key, key, WH_KEY_BYTES) != 0) continue;
        if (!wh_span_equal(member.origin, wh_engine_home(desk->engine))) continue;
        *ret_unit = member.unit;
        return 0;
    }
    return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_BUNDLE_FROM_STRANGER, WH_ARGS(wh_arg_c(path)));
}

static int open_file(struct wh_desk *desk, struct wh_call *call, const char *path,
                     struct wh_span *ret_from, const Wh__Bundle **ret, struct wh_error *err)
{
    struct wh_span file, plain;
    const uint8_t *keys;
    int rc = wh_file_read_up_to(path, WH_BUNDLE_BYTES_MAX, &call->arena, &file, err);
    if (rc < 0) return rc;
    if (file.len < HEAD_BYTES || memcmp(file.data, MARK, MARK_BYTES) != 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_NONE, WH_ARGS(wh_arg_c(path)));
    }
    keys = (const uint8_t *)file.data + MARK_BYTES;
    if (memcmp(keys + WH_KEY_BYTES, desk->home->node_public, WH_KEY_BYTES) != 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_FOR_OTHER, WH_ARGS(wh_arg_c(path)));
    }
    rc = find_sender(desk, keys, path, ret_from, err);
    if (rc < 0) return rc;
    if (wh_unbox(desk->home->node_secret, keys, wh_span_from(file, HEAD_BYTES), &call->arena,
                 &plain) < 0 ||
        wh_bundle_read(plain, &call->arena, ret) < 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_BROKEN, WH_ARGS(wh_arg_c(path)));
    }
    return 0;
}

/* The key has proved who wrote it; what it says of itself has to agree. */
static int check_unit(struct wh_desk *desk, const char *path, struct wh_span from,
                      const Wh__Bundle *bundle, struct wh_error *err)
{
    struct wh_span says = wh_span_of(bundle->from), home = wh_engine_home(desk->engine);
    bool agrees = from.len > 0 ? wh_span_equal(says, from)
                               : says.len < home.len && wh_code_in_range(home, says);
    if (agrees) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_UNIT, WH_ARGS(wh_arg_c(path), wh_arg_s(says)));
}

/* A bundle of which a Push was not taken for another reason than that it is held already. */
static int judge(const char *path, const Wh__Bundle *bundle, const struct wh_bundle_fate *fate,
                 struct wh_error *err)
{
    struct wh_arg from = wh_arg_c(bundle->from);
    if (fate->pushes > 0) return 0;
    if (fate->given_up > 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_GIVEN_UP, WH_ARGS(wh_arg_c(path), from));
    }
    if (fate->strange > 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_STRANGE, WH_ARGS(wh_arg_c(path), from));
    }
    if (fate->gaps > 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_GAP, WH_ARGS(wh_arg_c(path)));
    }
    if (fate->broken > 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BUNDLE_BROKEN, WH_ARGS(wh_arg_c(path)));
    }
    return 0;
}

/* The part of a turn; what was taken is on disk when the next begins. */
static int take_some(struct wh_desk *desk, struct wh_call *call, struct importing *importing,
                     struct wh_error *err)
{
    char *path = wh_arena_text(&call->arena, wh_call_text(call, "file"));
    int rc = wh_bundle_take(desk->engine, importing->from, importing->bundle, &importing->next,
                            &importing->fate, err);
    if (rc < 0) return rc;
    importing->is_whole = importing->next == importing->bundle->n_frames;
    if (importing->is_whole) { /* told at the end */
        (void)judge(path, importing->bundle, &importing->fate, &importing->refusal);
    }
    return WH_CALL_AGAIN;
}

static int begin_import(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    char *path = wh_arena_text(&call->arena, wh_call_text(call, "file"));
    struct importing *importing = wh_arena_new(&call->arena, 1, sizeof(*importing));
    int rc = open_file(desk, call, path, &importing->from, &importing->bundle, err);
    if (rc == 0) rc = check_unit(desk, path, importing->from, importing->bundle, err);
    if (rc < 0) return rc;
    importing->from = wh_arena_copy(&call->arena, importing->from);
    call->state = importing;
    call->exclusive = true;
    return take_some(desk, call, importing, err);
}

/* What this node now holds durably, and what the sender may not have yet. */
static int write_answer(struct wh_desk *desk, struct wh_call *call, struct wh_span from,
                        char **ret_path, struct wh_error *err)
{
    struct wh_bundle_request request = {
        .child = from, .bytes_max = WH_BUNDLE_BYTES_MAX - WH_BOX_BYTES - HEAD_BYTES};
    struct wh_span file = wh_call_text(call, "file");
    size_t size = file.len + sizeof(ANSWER_ENDING);
    char *path = wh_arena_new(&call->arena, size, 1);
    struct outgoing outgoing;
    int rc = make_outgoing(desk, call, &request, &outgoing, err);
    if (rc < 0) return rc;
    (void)snprintf(path, size, "%.*s" ANSWER_ENDING, (int)file.len, file.data);
    *ret_path = path;
    /* Of an answer that needs several parts the first is enough: the next import brings the rest.
     */
    return write_part(desk, call, outgoing.key, outgoing.parts[0].bytes, path, err);
}

/* An answer that brought nothing new needs no answer: else they would go on for ever. */
static bool is_answer(const struct wh_call *call)
{
    struct wh_span file = wh_call_text(call, "file");
    const size_t len = sizeof(ANSWER_ENDING) - 1;
    return file.len > len && memcmp(file.data + file.len - len, ANSWER_ENDING, len) == 0;
}

static void tell_answer(struct wh_desk *desk, struct wh_call *call,
                        const struct importing *importing)
{
    struct wh_error why;
    char *answer;
    if (write_answer(desk, call, importing->from, &answer, &why) == 0) {
        wh_reply_note(call, WH_MSG_BUNDLE_ANSWER, WH_ARGS(wh_arg_c(answer)));
    } else { /* a stick that can't be written to does not undo what was saved */
        struct wh_span text = wh_error_text(&why, call->language, &call->arena);
        wh_reply_note(call, WH_MSG_BUNDLE_NO_ANSWER, WH_ARGS(wh_arg_s(text)));
    }
}

int wh_run_bundle_import(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct importing *importing = call->state;
    if (!importing) return begin_import(desk, call, err);
    if (!importing->is_whole) return take_some(desk, call, importing, err);
    if (!is_answer(call) || importing->fate.pushes > 0 || importing->refusal.code < 0) {
        tell_answer(desk, call, importing);
    }
    if (importing->refusal.code < 0) {
        *err = importing->refusal;
        return err->code;
    }
    struct wh_value row[] = {
        importing->from.len > 0 ? wh_value_text(importing->from) : wh_value_text(WH_S("parent")),
        wh_value_number(WH_INTEGER, importing->bundle->part),
        wh_value_number(WH_INTEGER, importing->bundle->parts),
        wh_value_number(WH_INTEGER, importing->fate.rows),
    };
    wh_reply_row(call, row, 4);
    return 0;
}
