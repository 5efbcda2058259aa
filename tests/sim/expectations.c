#include "expectations.h"

#include "workload.h"

void wh_expect_loss(struct wh_sim_node *node)
{
    node->sim->has_lost = true;
    node->head = 0;
    memset(node->checked_up, 0, sizeof(node->checked_up));
    wh_work_lose(node);
}

void wh_expect_clone(struct wh_sim_node *node)
{
    node->sim->has_clone = true;
    wh_expect_loss(node);
}

bool wh_expects_no_loss(const struct wh_sim *sim)
{
    return !sim->has_lost;
}

bool wh_expects_agreement(const struct wh_sim *sim)
{
    return !sim->has_lost;
}

bool wh_expects_sums(const struct wh_sim *sim)
{
    return !sim->has_lost; /* what was lost with a store, the clerks do not enter again */
}
