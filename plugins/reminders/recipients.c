#include "recipients.h"

#include <ctype.h>
#include <stdlib.h>

#include "digest.h"

const char *channel_word(enum channel channel)
{
    return channel == CHANNEL_MAIL ? "mail" : "webhook";
}

const char *fault_word(enum address_fault fault)
{
    static const char *const words[] = {"no-address", "bad-email", "bad-webhook"};
    return words[fault];
}

const char *fault_sentence(enum address_fault fault, int is_zh)
{
    static const char *const zh[] = {"既没有邮箱也没有推送地址", "email 不是邮箱地址",
                                     "webhook 不是 http:// 或 https:// 网址"};
    static const char *const en[] = {"it has neither a mail address nor a webhook",
                                     "its email is not a mail address (name@host)",
                                     "its webhook is not an http:// or https:// address"};
    return is_zh ? zh[fault] : en[fault];
}

struct reading {
    struct recipients *recipients;
    int64_t day;
};

static struct recipient *add_recipient(struct recipients *recipients)
{
    if (make_room(&recipients->items, recipients->count, &recipients->size,
                  sizeof(*recipients->items)) < 0) {
        return NULL;
    }
    memset(&recipients->items[recipients->count], 0, sizeof(*recipients->items));
    return &recipients->items[recipients->count++];
}

static int add_untold(struct recipients *recipients, const struct wh_record_view *record,
                      enum address_fault fault)
{
    struct untold *untold;
    if (make_room(&recipients->untold, recipients->untold_count, &recipients->untold_size,
                  sizeof(*recipients->untold)) < 0) {
        return WH_E_FAILED;
    }
    untold = &recipients->untold[recipients->untold_count++];
    copy_text(untold->id, sizeof(untold->id), record->id);
    copy_text(untold->unit, sizeof(untold->unit), record->unit);
    copy_text(untold->person, sizeof(untold->person), field_text(record, "person"));
    untold->fault = fault;
    return 0;
}

static int take_channel(struct reading *reading, const struct wh_record_view *record,
                        enum channel channel, struct wh_span address)
{
    int usable = channel == CHANNEL_MAIL ? is_address(address) : is_hook_url(address);
    struct recipient *recipient;
    if (address.len == 0) return 0;
    if (!usable) {
        return add_untold(reading->recipients, record,
                          channel == CHANNEL_MAIL ? ADDRESS_NO_MAIL : ADDRESS_NO_HOOK);
    }
    recipient = add_recipient(reading->recipients);
    if (!recipient) return WH_E_FAILED;
    copy_text(recipient->id, sizeof(recipient->id), record->id);
    copy_text(recipient->unit, sizeof(recipient->unit), record->unit);
    copy_text(recipient->person, sizeof(recipient->person), field_text(record, "person"));
    copy_text(recipient->address, sizeof(recipient->address), address);
    recipient->channel = channel;
    recipient->is_zh = !wh_span_equal(field_text(record, "language"), wh_span_of("en"));
    recipient->is_weekly = wh_span_equal(field_text(record, "digest"), wh_span_of("weekly"));
    recipient->since = record->date;
    /* one mailbox is one person, however its name is written */
    for (char *at = recipient->address; channel == CHANNEL_MAIL && *at; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return 0;
}

static int take_record(void *context, const struct wh_record_view *record)
{
    struct reading *reading = context;
    struct wh_span mail = field_text(record, "email"), hook = field_text(record, "webhook");
    int rc;
    if (field_number(record, "until", reading->day) < reading->day) return 0;
    if (mail.len == 0 && hook.len == 0) {
        return add_untold(reading->recipients, record, ADDRESS_NONE);
    }
    rc = take_channel(reading, record, CHANNEL_MAIL, mail);
    return rc == 0 ? take_channel(reading, record, CHANNEL_HOOK, hook) : rc;
}

static int compare_recipients(const void *a, const void *b)
{
    const struct recipient *left = a, *right = b;
    int d = (int)left->channel - (int)right->channel;
    if (d == 0) d = strcmp(left->address, right->address);
    return d == 0 ? strcmp(left->id, right->id) : d;
}

static int compare_untold(const void *a, const void *b)
{
    const struct untold *left = a, *right = b;
    int d = strcmp(left->id, right->id);
    return d == 0 ? (int)left->fault - (int)right->fault : d;
}

void recipients_free(struct recipients *recipients)
{
    free(recipients->items);
    free(recipients->untold);
    memset(recipients, 0, sizeof(*recipients));
}

int recipients_read(const struct wh_host *host, int64_t day, struct recipients *ret,
                    struct wh_failure *fail)
{
    struct reading reading = {ret, day};
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->records(host->self, wh_span_of(KIND_RECIPIENT), wh_span_of(""), 0, day, take_record,
                       &reading, fail);
    if (rc < 0) {
        recipients_free(ret);
        return rc;
    }
    if (ret->untold_count > 0) {
        qsort(ret->untold, ret->untold_count, sizeof(*ret->untold), compare_untold);
    }
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_recipients);
    return 0;
}

uint32_t group_size(const struct recipients *recipients, uint32_t from)
{
    const struct recipient *first = &recipients->items[from];
    uint32_t end = from + 1;
    while (end < recipients->count && recipients->items[end].channel == first->channel &&
           strcmp(recipients->items[end].address, first->address) == 0) {
        end++;
    }
    return end - from;
}
