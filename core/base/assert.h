/* assert.h: WH_ASSERT is for our own mistakes and stays on in a release: a node that has lost its
 * way stops and is started again from what is on disk. Bytes from disk, wire, user or plugin are
 * never asserted. Thread: any. */
#ifndef WH_BASE_ASSERT_H
#define WH_BASE_ASSERT_H

#define WH_ASSERT(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) wh_assert_failed(#condition, __FILE__, __LINE__);                        \
    } while (0)

/* Prints one line to stderr and aborts. */
_Noreturn void wh_assert_failed(const char *condition, const char *file, int line);

/* Prints "out of memory" and aborts: we are built to be killed. */
_Noreturn void wh_out_of_memory(void);

#endif
