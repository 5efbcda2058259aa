/* descriptors.h: connections from outside never take the last descriptors of the process.
 *
 * Anybody may connect to the port and say nothing; the library closes him after its handshake
 * interval. Where such connections used up the descriptors, the next local command would end the
 * process: the library's ipc listener does not know EMFILE. So accept4() is ours: what it accepts
 * from the network while fewer than a reserve are free is closed again at once.
 *
 * Tried and left: not to listen meanwhile (zmq_unbind cuts off every child that had connected), and
 * counting by a monitor (the library's thread accepts hundreds before the loop hears of one).
 *
 * Thread: any. */
#ifndef WH_NET_DESCRIPTORS_H
#define WH_NET_DESCRIPTORS_H

#include <stdint.h>

/* How many connections were closed so since the start. */
uint64_t wh_descriptors_turned_away(void);

#endif
