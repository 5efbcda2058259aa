/* carrier.h: threads that hand parcels to servers, by libcurl. A parcel stops before its last byte
 * until it is allowed to go on, so that the caller can save that first; a server has taken nothing
 * before it. Knows nothing of digests, keys or the node.
 *
 * Thread: the functions any one thread's, the loop's. Ownership: carrier_give() takes the texts of
 * the parcel, also where it fails. */
#ifndef WH_REMINDERS_CARRIER_H
#define WH_REMINDERS_CARRIER_H

#include <stddef.h>
#include <stdint.h>

enum parcel_sort { PARCEL_MAIL, PARCEL_HOOK };

/* Texts on the heap, or NULL where there is none. */
struct parcel {
    enum parcel_sort sort;
    char *url;
    char *user; /* of a mail server */
    char *password;
    char *ca_file; /* certificates to trust; NULL: the system's */
    char *from;
    char *to;
    char *id;        /* of a webhook: its Idempotency-Key */
    char *signature; /* its signature, NULL: none */
    char *content;
    size_t content_len;
};

enum carried {
    CARRIED_UNDER_WAY,
    CARRIED_AT_LAST, /* all but the last byte is on its way: carrier_allow() */
    CARRIED_SENT,    /* the server says so */
    CARRIED_FAILED,  /* the server has certainly not taken it */
    CARRIED_UNKNOWN, /* the last byte went out, and no answer came */
};

#define CARRIED_WHY_SIZE 32

struct carrier;

/* NULL: no memory or no threads. */
struct carrier *carrier_new(void);
/* Stops what is under way; a thread that a server holds up for longer ends by itself. */
void carrier_free(struct carrier *carrier);

/* 0: it fails, and nothing was taken but the memory. Else the number by which to ask. */
uint64_t carrier_give(struct carrier *carrier, struct parcel *parcel);
/* How far it is; `ret_why` is one word, "" before the end. */
enum carried carrier_state(struct carrier *carrier, uint64_t number,
                           char ret_why[CARRIED_WHY_SIZE]);
void carrier_allow(struct carrier *carrier, uint64_t number);
/* It has ended: frees it. */
void carrier_forget(struct carrier *carrier, uint64_t number);

void parcel_free(struct parcel *parcel);

#endif
