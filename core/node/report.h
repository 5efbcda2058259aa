/* report.h: what a node says it found when it starts, so that whoever looks at its log after a
 * power cut or a restore knows what is there (and what isn't). Thread: loop. */
#ifndef WH_NODE_REPORT_H
#define WH_NODE_REPORT_H

#include "node/node.h"

/* Logs `start.report`, and `home.restored` where the home came from a backup. Small stores are
 * counted, of large ones RocksDB's estimate is given: it costs the same for any size. */
void wh_node_report(struct wh_node *node);

#endif
