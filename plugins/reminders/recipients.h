/* recipients.h: who is told, from the records of the kind `recipient`. One record is two recipients
 * where it has a mail address and a webhook: each channel is told on its own.
 *
 * Thread: the callback's. Ownership: recipients_free(). */
#ifndef WH_REMINDERS_RECIPIENTS_H
#define WH_REMINDERS_RECIPIENTS_H

#include "reminders.h"

enum channel { CHANNEL_MAIL, CHANNEL_HOOK };

const char *channel_word(enum channel channel);

struct recipient {
    char id[40]; /* of the record */
    char unit[32];
    char person[300];  /* never logged, never sent */
    char address[520]; /* of the channel; never logged */
    enum channel channel;
    int32_t is_zh;
    int32_t is_weekly;
    int64_t since; /* day */
};

/* Why a record, or one of its addresses, is of no use. */
enum address_fault { ADDRESS_NONE, ADDRESS_NO_MAIL, ADDRESS_NO_HOOK };

struct untold {
    char id[40];
    char unit[32];
    char person[300];
    enum address_fault fault;
};

const char *fault_word(enum address_fault fault); /* "no-address" */
const char *fault_sentence(enum address_fault fault, int is_zh);

struct recipients {
    struct recipient *items; /* by channel, address, id: those of one address lie together */
    uint32_t count;
    uint32_t size;
    struct untold *untold; /* by id */
    uint32_t untold_count;
    uint32_t untold_size;
};

/* Those in force on `day`. */
int recipients_read(const struct wh_host *host, int64_t day, struct recipients *ret,
                    struct wh_failure *fail);
void recipients_free(struct recipients *recipients);
/* How many from `from` on share its channel and address. */
uint32_t group_size(const struct recipients *recipients, uint32_t from);

#endif
