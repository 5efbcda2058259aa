/* once.h: one command with no node running: the request comes on stdin, the reply goes to stdout,
 * each frame after its length (4 bytes, big-endian). The command line starts it so.
 * Thread: the process's one. */
#ifndef WH_NODE_ONCE_H
#define WH_NODE_ONCE_H

#include "base/error.h"

/* Runs the request of stdin for the home `dir`. Returns the process's exit code: 0 where a whole
 * reply was written, whatever it says. */
int wh_node_once(const char *dir);

#endif
