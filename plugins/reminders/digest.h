/* digest.h: what one message says: what is new, then what is open. Pure; it holds unit names,
 * duties and dates, never a person's name.
 *
 * Units: days since 1970-01-01. Thread: any. Ownership: lines borrow; texts are the caller's. */
#ifndef WH_REMINDERS_DIGEST_H
#define WH_REMINDERS_DIGEST_H

#include "reminders.h"
#include "stages.h"
#include "text.h"

enum section {
    SECTION_NEW,  /* a stage that was not told yet */
    SECTION_OPEN, /* told, and still open */
    SECTION_DOUBT /* it may have been told: see README.md */
};

struct line {
    const struct owed *owed;
    const char *name;       /* of the unit */
    const char *about_name; /* "": none */
    uint64_t mark;          /* which stage of which thing */
    enum section section;
    enum stage stage;
    uint32_t levels; /* below the recipient's unit */
};

struct digest {
    struct line *lines; /* by section, level, due day */
    uint32_t count;
    uint32_t size;
    uint32_t sections[3]; /* how many of each */
    int64_t day;
    char unit[32]; /* the recipient's, the first of a group */
    char name[128];
    int32_t is_zh;
    int32_t is_test; /* it says nothing but that messages arrive */
};

const char *section_word(enum section section);

void digest_sort(struct digest *digest);
void digest_put_subject(const struct digest *digest, struct text *text);
void digest_put_body(const struct digest *digest, struct text *text);

/* mail.c: the whole mail, by CRLF. `id` is the part of the Message-ID before the '@', `domain` the
 * one behind it. */
struct envelope {
    const char *id;
    const char *from;
    const char *to;
    int64_t now_ms;
};
void mail_put(const struct digest *digest, const struct envelope *envelope, struct text *text);
/* 1 where the text has the form of a mail address and can stand in a header. */
int is_address(struct wh_span text);

/* hook.c: the JSON body, and its signature in hex. */
void hook_put(const struct digest *digest, const struct envelope *envelope, struct text *text);
#define SIGNATURE_TEXT_SIZE 65
void hook_sign(struct wh_span secret, struct wh_span body, char ret[SIGNATURE_TEXT_SIZE]);
int is_hook_url(struct wh_span text);

#endif
