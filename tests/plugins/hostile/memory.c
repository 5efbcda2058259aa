/* Takes memory and gives none back: 1 MB a call, or with -DUNBOUNDED all that there is at once. The
 * tests run on machines that others use: at STOP_BYTES it ends by itself, and tells that it could.
 */
#include "anywhere.h"

#include <stdlib.h>

#define PIECE (1u << 20)
#define STOP_BYTES (2ull << 30)

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    uint64_t taken = 0;
#ifdef UNBOUNDED
    uint64_t wanted = STOP_BYTES;
#else
    uint64_t wanted = PIECE;
#endif
    while (taken < wanted) {
        char *volatile piece = malloc(PIECE);
        if (!piece) return tell(call, 0, "there is no more", fail);
        memset(piece, 1, PIECE);
        taken += PIECE;
    }
    return tell(call, 1, "took it", fail);
}
