/* ledger: serves every kind that the programme declares as data. Such a declaration gives
 * validation, CSV, JSON, help and the metrics, whose forms the node measures: there is nothing to
 * do here but to be on. A plugin that needs this one may read the ledgers. */
#include <wuhao/plugin.h>

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "ledger",
    .version = "0.1.0",
    .title = {"台账", "Ledgers declared by the programme"},
    .flags = WH_SERVES_LEDGERS,
};
