/* address.h: the address that an invitation gives to children. Thread: loop. */
#ifndef WH_HOME_ADDRESS_H
#define WH_HOME_ADDRESS_H

#include "home/config.h"

/* `advertise` where it is set; else `listen`, with the machine's own address in place of 0.0.0.0 or
 * * where it has just one. WH_E_FAILED says what to set. Result in `arena`. */
int wh_address_for_children(const struct wh_config *config, struct wh_arena *arena,
                            struct wh_span *ret, struct wh_error *err);

#endif
