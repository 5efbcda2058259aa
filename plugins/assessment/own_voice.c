/* Who may speak for a unit, and whose word on it counts: of several nodes the nearest one's. */
#include "assessment.h"
#include "writing.h"

struct keeper {
    const char *unit;
    char nearest[32]; /* a node at or above the unit that has rows of it */
};

static int take_keeper(void *context, const struct wh_figure *figure)
{
    struct keeper *keeper = context;
    if (!wh_span_equal(figure->origin, wh_span_of(keeper->unit)) &&
        !lies_above(figure->origin, keeper->unit)) {
        return 0;
    }
    if (figure->origin.len > strlen(keeper->nearest)) {
        copy_text(keeper->nearest, sizeof(keeper->nearest), figure->origin);
    }
    return 0;
}

int check_own_voice(const struct talk *talk, const struct known_unit *unit)
{
    const struct wh_host *host = talk->host;
    struct wh_span home = host->home(host->self);
    struct keeper keeper = {unit->code, ""};
    int rc =
        host->figures(host->self, wh_span_of(unit->code), 0, 0, take_keeper, &keeper, talk->fail);
    if (rc < 0 || strlen(keeper.nearest) <= home.len) return rc < 0 ? rc : 0;
    return refuse(talk, WH_E_NOT_PERMITTED,
                  "单位 %s：由节点 %s 代其登记，本节点是 %.*s（请在其节点上登记）",
                  "unit %s: node %s keeps it and speaks for it, this node is %.*s (enter it there)",
                  unit->code, keeper.nearest, (int)home.len, home.data);
}

int tell_nearer(const struct talk *talk, const struct known_unit *unit, const char *by)
{
    struct wh_span home = talk->host->home(talk->host->self);
    if (strlen(by) <= home.len) return 0;
    return remark(talk, "已登记，但不起作用：%s 离 %s 更近，以其登记的为准",
                  "entered, but it counts for nothing: %s is nearer to %s, and what it entered "
                  "counts",
                  by, unit->code);
}
