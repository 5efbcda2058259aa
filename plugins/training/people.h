/* people.h: who is on the rosters of a unit, who came to its sessions, and who is whom (README.md).
 *
 * Persons are compared by name, without blanks at its ends, and by year of birth where both sides
 * have one. Lists are sorted, so that a match is found by halves. Thread: the callback's.
 * Ownership: texts lie in a pool of the caller's, lists are freed by the caller. */
#ifndef WH_TRAINING_PEOPLE_H
#define WH_TRAINING_PEOPLE_H

#include "saying.h"

/* Roles, as bits in the order of `role_names`. */
#define ROLE_ELDER 1u
#define ROLE_TEN_ROLE 2u
#define ROLE_LEADER 4u
#define ROLE_COUNT 3u
#define ROLES_ALL 7u

extern const char *const role_names[ROLE_COUNT];

/* Texts that live as long as one command. A zeroed one is empty. */
struct pool {
    struct pool_block *last;
};

/* Copies a text without the blanks at its ends; data is NULL where memory is out. */
struct wh_span pool_trimmed(struct pool *pool, struct wh_span text);
void pool_free(struct pool *pool);

struct person {
    struct wh_span name;
    int64_t birth_year;         /* 0: not known */
    int64_t joined[ROLE_COUNT]; /* first day of what is in force; read where the role is set */
    uint32_t roles;
    uint32_t reserved;
};

struct people {
    struct person *items; /* by name, then year of birth, unknown last */
    uint32_t count;
    uint32_t size;
};

/* Who is on the rosters of `unit` on `day`: elders, those of them with one of the ten roles, and
 * leaders. */
int read_people(const struct talk *talk, const char *unit, int64_t day, struct pool *pool,
                struct people *ret);

struct attendance {
    struct wh_span name;
    struct wh_span session;
    struct wh_span id;
    char unit[32];
    int64_t birth_year; /* 0: not known */
    int64_t date;
    int64_t hours_h; /* -1: not said */
    uint32_t role;   /* ROLE_* */
    uint32_t is_matched;
};

struct attendances {
    struct attendance *items; /* by name, then year of birth (unknown last), then day */
    uint32_t count;
    uint32_t size;
    struct pool *pool; /* the caller's */
};

/* Adds the attendances of `unit` dated within [from, to]; sort_attendances() when all are there. */
int read_attendances(const struct talk *talk, const char *unit, int64_t from, int64_t to,
                     struct attendances *ret);
void sort_attendances(struct attendances *attendances);
int compare_attendances(const void *a, const void *b); /* as qsort asks */

/* The first attendance of this name, `count` where there is none; those of the name follow it. */
uint32_t first_of_name(const struct attendances *attendances, struct wh_span name);
int is_same_name(struct wh_span a, struct wh_span b);
/* 1 where both years of birth may be one person's. */
int may_be_same(int64_t birth_year, int64_t other);
/* 1 where the attendance is a person's of this name and year. */
int is_of(const struct attendance *attendance, struct wh_span name, int64_t birth_year);

/* Different persons among the attendances of one of `roles` that no roster matched. */
uint32_t count_unmatched(const struct attendances *attendances, uint32_t roles);

/* The value for a year of birth: null where it is not known. */
struct wh_value birth_value(int64_t birth_year);

#endif
