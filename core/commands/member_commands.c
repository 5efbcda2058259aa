/* invite, join, revoke, members (sync.md "Joining"). */
#include "base/date.h"
#include "base/num.h"
#include "base/text.h"
#include "base/z85.h"
#include "commands/handlers.h"
#include "engine/links.h"
#include "engine/members.h"
#include "engine/units.h"
#include "home/address.h"

#define TTL_DEFAULT_MS (7 * 86400000LL)
#define TTL_MAX_MS (90 * 86400000LL)
#define JOIN_WAIT_MS 5000 /* how long `join` waits for the parent; the node goes on trying */

/* "7d", "12h", "30m", "60s". */
static int read_ttl(struct wh_span text, int64_t *ret_ms, struct wh_error *err)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};
    int64_t number;
    if (text.len == 0) {
        *ret_ms = TTL_DEFAULT_MS;
        return 0;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (text.data[text.len - 1] != units[i].unit) continue;
        if (wh_number_parse(wh_span(text.data, text.len - 1), &number) < 0) break;
        if (number <= 0 || number > TTL_MAX_MS / units[i].ms) break;
        *ret_ms = number * units[i].ms;
        return 0;
    }
    return wh_fail(err, WH_E_USAGE, WH_MSG_TTL, WH_ARGS(wh_arg_s(text)));
}

int wh_run_invite(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_token token = {.unit = wh_call_text(call, "code")};
    struct wh_value text;
    uint8_t public[WH_NODE_KEY_BYTES];
    int64_t ttl_ms = 0;
    int rc = read_ttl(wh_call_text(call, "ttl"), &ttl_ms, err);
    if (rc == 0)
        rc = wh_address_for_children(&desk->home->config, &call->arena, &token.endpoint, err);
    if (rc == 0 && !wh_units_find(wh_engine_units(desk->engine), token.unit)) {
        rc = wh_fail(err, WH_E_NOT_FOUND, WH_MSG_INVITE_UNKNOWN, WH_ARGS(wh_arg_s(token.unit)));
    }
    if (rc < 0) return rc;
    if (wh_member_is_active(desk->engine, token.unit)) {
        wh_reply_note(call, WH_MSG_INVITE_MEMBER, WH_ARGS(wh_arg_s(token.unit)));
    }
    wh_node_keys_make(public, token.secret);
    token.expires_ms = wh_engine_now(desk->engine).clock_ms + ttl_ms;
    token.parent = wh_engine_home(desk->engine);
    memcpy(token.parent_key, desk->home->node_public, sizeof(token.parent_key));
    rc = wh_member_invite(desk->engine, token.unit, public, token.expires_ms, err);
    if (rc == 0) {
        text = wh_value_text(wh_token_write(&token, &call->arena));
        wh_reply_row(call, &text, 1);
    }
    wh_wipe(token.secret, sizeof(token.secret));
    return rc;
}

/* ---- join ---- */

struct joining {
    struct wh_span config_before; /* to go back to where the parent does not know the token */
    int64_t until_ms;
};

static int check_token(struct wh_desk *desk, struct wh_call *call, struct wh_token *token,
                       struct wh_error *err)
{
    struct wh_span home = desk->home->config.unit;
    int rc = wh_token_read(wh_text_trim(wh_call_text(call, "token")), &call->arena, token, err);
    if (rc < 0) return rc;
    if (!wh_span_equal(token->unit, home)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TOKEN_UNIT,
                       WH_ARGS(wh_arg_s(token->unit), wh_arg_s(home)));
    }
    if (token->expires_ms <= wh_engine_now(desk->engine).clock_ms) {
        char moment[WH_MOMENT_TEXT_SIZE];
        wh_moment_format(token->expires_ms, call->zone_minutes, moment);
        return wh_fail(err, WH_E_INVALID, WH_MSG_TOKEN_EXPIRED, WH_ARGS(wh_arg_c(moment)));
    }
    return 0;
}

static int begin_join(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct joining *joining = wh_arena_new(&call->arena, 1, sizeof(*joining));
    struct wh_token token;
    int rc = check_token(desk, call, &token, err);
    if (rc == 0) rc = wh_home_config_text(desk->home, &call->arena, &joining->config_before, err);
    if (rc == 0) {
        rc = wh_home_join(desk->home, token.endpoint, token.parent_key, token.secret, err);
    }
    wh_wipe(token.secret, sizeof(token.secret));
    if (rc < 0) return rc;
    if (desk->parent_changed) rc = desk->parent_changed(desk->node, err);
    if (rc < 0) { /* the former parent is kept, so the config names it again */
        struct wh_error ignored;
        (void)wh_home_joined(desk->home, &ignored);
        (void)wh_home_config_restore(desk->home, joining->config_before, &ignored);
        return rc;
    }
    if (!desk->parent_changed) { /* a stopped node: it joins when it is started */
        wh_reply_note(call, WH_MSG_JOIN_KEPT, NULL);
        return 0;
    }
    joining->until_ms = wh_engine_now(desk->engine).mono_ms + JOIN_WAIT_MS;
    call->state = joining;
    return WH_CALL_AGAIN;
}

static int undo_join(struct wh_desk *desk, const struct joining *joining, struct wh_error *err)
{
    struct wh_error why;
    int rc = wh_home_joined(desk->home, &why); /* forgets the token */
    if (rc == 0) rc = wh_home_config_restore(desk->home, joining->config_before, &why);
    if (rc == 0) rc = desk->parent_changed(desk->node, &why);
    if (rc < 0) {
        *err = why;
        return rc;
    }
    return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_TOKEN_USED, NULL);
}

int wh_run_join(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct joining *joining = call->state;
    if (!joining) return begin_join(desk, call, err);
    if (!wh_links_joining(desk->engine)) {
        wh_reply_note(call, WH_MSG_JOIN_DONE, NULL);
        return 0;
    }
    if (wh_links_join_denied(desk->engine)) return undo_join(desk, joining, err);
    if (wh_engine_now(desk->engine).mono_ms < joining->until_ms) return WH_CALL_AGAIN;
    wh_reply_note(call, WH_MSG_JOIN_WAITS, NULL);
    return 0;
}

int wh_run_revoke(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    return wh_member_revoke(desk->engine, wh_call_text(call, "code"), err);
}

int wh_run_members(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_member_view member;
    (void)err;
    for (uint32_t i = 0; wh_member_at(desk->engine, i, &member); i++) {
        const struct wh_unit *unit = wh_units_find(wh_engine_units(desk->engine), member.unit);
        char key[WH_Z85_KEY_TEXT_SIZE];
        struct wh_value row[5];
        wh_z85_format(member.key, WH_NODE_KEY_BYTES, key);
        row[0] = wh_value_text(member.unit);
        row[1] = unit ? wh_value_text(unit->name) : wh_value_null();
        row[2] = wh_value_text(member.origin);
        row[3] = wh_value_text(member.revoked ? WH_S("revoked") : WH_S("member"));
        row[4] = wh_value_text(wh_span_of(key));
        wh_reply_row(call, row, 5);
    }
    return 0;
}
