/* What a group of recipients is told: the lines, and the message that says them. */
#include "fingerprint.h"
#include "state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKS_A_MESSAGE_MAX 5000 /* for one record; what is over it is told the next day */

int32_t levels_below(const struct known_units *units, const char *above, const char *code)
{
    size_t len = strlen(above);
    int32_t levels = 0;
    const char *at = code;
    if (strncmp(code, above, len) != 0) return -1;
    while (strlen(at) > len) {
        const struct known_unit *unit = unit_of_code(units, at);
        if (!unit || strlen(unit->parent) >= strlen(at)) return -1;
        at = unit->parent;
        levels++;
    }
    return strcmp(at, above) == 0 ? levels : -1;
}

/* ---- Lines ---- */

static uint64_t mark_of(const struct owed *owed, enum stage stage)
{
    char text[200];
    (void)snprintf(text, sizeof(text), "%s|%s|%s|%s|%s", owed->duty, owed->period.name, owed->unit,
                   owed->about, stage_word(stage));
    return fingerprint_number(text);
}

static const char *name_of(const struct known_units *units, const char *code)
{
    const struct known_unit *unit = unit_of_code(units, code);
    return unit ? unit->name : code;
}

static struct line *add_line(struct digest *digest)
{
    if (make_room(&digest->lines, digest->count, &digest->size, sizeof(*digest->lines)) < 0) {
        return NULL;
    }
    memset(&digest->lines[digest->count], 0, sizeof(*digest->lines));
    return &digest->lines[digest->count++];
}

/* One recipient among those of the group, while its lines are gathered. */
struct telling {
    const struct reminders *self;
    const struct look *look;
    const struct recipient *recipient;
    struct kept kept;
    const struct marks *told; /* to any of the group: they are one person */
    struct member *member;
    struct digest *digest;
};

/* The stage that may have been told by a message of which it is not known whether it arrived. */
static enum stage stage_in_doubt(const struct telling *telling, const struct owed *owed,
                                 const struct line *line)
{
    int64_t doubt = telling->kept.doubt;
    if (doubt == 0) return STAGE_NONE;
    return stage_heard(&owed->period, doubt, line->levels, &telling->self->settings.hearing,
                       telling->recipient->since);
}

static int add_mark(struct telling *telling, const struct owed *owed, uint64_t digest)
{
    struct member *member = telling->member;
    struct mark mark = {digest, (uint32_t)strtoul(owed->period.name, NULL, 10), 0};
    if (marks_have(telling->told, digest)) return 0;
    if (member->told.count == MARKS_A_MESSAGE_MAX) {
        member->is_cut = 1;
        return 0;
    }
    return marks_add(&member->told, mark);
}

/* A doubt ends with the digest that lists what is open: earlier stages that may have been told
 * count as told from then on, since a clock that goes back comes through them again. */
static int mark_earlier(struct telling *telling, const struct owed *owed, const struct line *line)
{
    enum stage then = stage_in_doubt(telling, owed, line);
    int rc = 0;
    for (uint32_t stage = line->levels > 0 ? STAGE_LATE : STAGE_SOON;
         rc == 0 && stage < line->stage && stage <= then; stage++) {
        rc = add_mark(telling, owed, mark_of(owed, (enum stage)stage));
    }
    return rc;
}

static int tell(struct telling *telling, const struct owed *owed)
{
    const struct hearing *hearing = &telling->self->settings.hearing;
    const struct recipient *to = telling->recipient;
    int32_t levels = levels_below(&telling->look->units, to->unit, owed->unit);
    struct line line = {.owed = owed, .section = SECTION_OPEN};
    struct line *kept;
    if (levels < 0) return 0;
    line.levels = (uint32_t)levels;
    line.stage = stage_heard(&owed->period, telling->look->day, line.levels, hearing, to->since);
    if (line.stage == STAGE_NONE) return 0;
    line.mark = mark_of(owed, line.stage);
    if (mark_earlier(telling, owed, &line) < 0) return WH_E_FAILED;
    if (!marks_have(telling->told, line.mark)) {
        if (add_mark(telling, owed, line.mark) < 0) return WH_E_FAILED;
        if (telling->member->is_cut) return 0;
        line.section =
            stage_in_doubt(telling, owed, &line) >= line.stage ? SECTION_DOUBT : SECTION_NEW;
    } else if (line.stage == STAGE_MISSED) {
        return 0; /* told, and nothing can be done about it any more */
    }
    line.name = name_of(&telling->look->units, owed->unit);
    line.about_name = owed->about[0] ? name_of(&telling->look->units, owed->about) : "";
    kept = add_line(telling->digest);
    if (!kept) return WH_E_FAILED;
    *kept = line;
    return 0;
}

/* Two records of one address may hear of the same thing: it is said once, and not as news if it may
 * have been told to one of them. */
static int compare_marks(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->mark != right->mark) return left->mark < right->mark ? -1 : 1;
    return (int)right->section - (int)left->section;
}

static void drop_repeats(struct digest *digest)
{
    uint32_t count = 0;
    if (digest->count == 0) return;
    qsort(digest->lines, digest->count, sizeof(*digest->lines), compare_marks);
    for (uint32_t i = 0; i < digest->count; i++) {
        if (count > 0 && digest->lines[count - 1].mark == digest->lines[i].mark) continue;
        digest->lines[count++] = digest->lines[i];
    }
    digest->count = count;
}

/* ---- Whose turn it is ---- */

/* Weekly: from the first working day of the week on, once in it. */
static int is_its_day(const struct telling *telling)
{
    const struct wh_host *host = telling->self->host;
    int64_t day = telling->look->day, monday = monday_of(day);
    if (!telling->recipient->is_weekly) return 1;
    return day >= host->workday_from(host->self, monday) && telling->kept.week != monday &&
           !kept_has_week(&telling->kept, monday);
}

#define PAUSE_MS_MAX (240 * 60000ll)

/* A time further away than any pause is of a clock that went back. */
static int waits(const struct telling *telling, int64_t *ret_next_ms)
{
    const struct wh_host *host = telling->self->host;
    int64_t left = telling->kept.next_ms - host->now_ms(host->self);
    if (telling->kept.tries == 0 || left <= 0 || left > PAUSE_MS_MAX) return 0;
    *ret_next_ms = telling->kept.next_ms;
    return 1;
}

/* ---- The group ---- */

static int read_told(const struct reminders *self, const struct recipient *group, uint32_t count,
                     struct marks *ret, struct wh_failure *fail)
{
    int rc = 0;
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        rc = marks_read(self->host, group[i].id, group[i].channel, ret, fail);
    }
    return rc;
}

static int plan_one(struct telling *telling)
{
    const struct look *look = telling->look;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < look->owed.count; i++) {
        rc = tell(telling, &look->owed.items[i]);
    }
    return rc;
}

/* 1: nothing may be sent to any of the group. */
static int is_blocked(const struct telling *telling, enum plan_when when, int64_t *ret_next_ms)
{
    if (when == PLAN_SHOWN) return 0;
    if (kept_has_day(&telling->kept, telling->look->day)) return 1;
    if (telling->kept.phase == PHASE_LAST) return 1;
    if (is_on_its_way(telling->self, telling->recipient->id, telling->recipient->channel)) return 1;
    return when == PLAN_BY_RULE && waits(telling, ret_next_ms);
}

static int plan_member(struct telling *telling, enum plan_when when, struct plan *plan,
                       struct wh_failure *fail)
{
    const struct recipient *one = telling->recipient;
    int rc = kept_read(telling->self->host, one->id, one->channel, &telling->kept, fail);
    int blocked = 0;
    telling->member = &plan->members[plan->members_count];
    if (rc == 0) blocked = is_blocked(telling, when, &plan->next_ms);
    if (rc == 0 && !blocked && (when == PLAN_NOW || is_its_day(telling))) {
        copy_text(telling->member->id, sizeof(telling->member->id), wh_span_of(one->id));
        telling->member->is_weekly = one->is_weekly;
        plan->members_count++;
        rc = plan_one(telling);
    }
    return rc < 0 ? rc : blocked;
}

int plan_group(const struct reminders *self, const struct look *look, const struct recipient *group,
               uint32_t count, enum plan_when when, struct plan *ret, struct wh_failure *fail)
{
    struct marks told;
    int rc = read_told(self, group, count, &told, fail);
    memset(ret, 0, sizeof(*ret));
    ret->members = calloc(count, sizeof(*ret->members));
    ret->digest.day = look->day;
    ret->digest.is_zh = group->is_zh;
    copy_text(ret->digest.unit, sizeof(ret->digest.unit), wh_span_of(group->unit));
    copy_text(ret->digest.name, sizeof(ret->digest.name),
              wh_span_of(name_of(&look->units, group->unit)));
    if (!ret->members) rc = WH_E_FAILED;
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        struct telling telling = {.self = self,
                                  .look = look,
                                  .recipient = &group[i],
                                  .told = &told,
                                  .digest = &ret->digest};
        rc = plan_member(&telling, when, ret, fail);
    }
    free(told.items);
    drop_repeats(&ret->digest);
    digest_sort(&ret->digest);
    if (rc == 0 && ret->digest.sections[SECTION_NEW] + ret->digest.sections[SECTION_DOUBT] > 0) {
        return 0;
    }
    ret->is_settled = rc == 0 && ret->members_count > 0;
    ret->digest.count = 0;
    return rc < 0 ? rc : 0;
}

void plan_free(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->members_count; i++) free(plan->members[i].told.items);
    free(plan->members);
    free(plan->digest.lines);
    memset(plan, 0, sizeof(*plan));
}

/* ---- The message ---- */

/* The same for the same recipient, channel and day, so that a server can tell that it has it. */
static void put_id(char ret[40], const char *record, enum channel channel, int64_t day)
{
    char text[120];
    (void)snprintf(text, sizeof(text), "%.40s|%s|%lld", record, channel_word(channel),
                   (long long)day);
    fingerprint_text(text, ret);
}

#define SECRET_BYTES_MAX 1024

/* A file of one line that its owner alone may read; `ret` without the newline. */
static int read_secret(const char *path, char ret[SECRET_BYTES_MAX])
{
    struct stat status;
    ssize_t len = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
        len = read(fd, ret, SECRET_BYTES_MAX - 1);
    }
    if (fd >= 0) (void)close(fd);
    if (len <= 0) return -1;
    while (len > 0 && (ret[len - 1] == '\n' || ret[len - 1] == '\r')) len--;
    ret[len] = 0;
    return 0;
}

static char *copy_of(const char *text)
{
    return text[0] ? strdup(text) : NULL;
}

/* What keeps it from being sent at all, as one word; NULL: nothing. */
static const char *address_mail(const struct settings *settings, struct parcel *parcel)
{
    char password[SECRET_BYTES_MAX];
    if (!settings->smtp_url[0] || !settings->mail_from[0]) return "no-smtp_url";
    if (settings->smtp_user[0]) {
        if (read_secret(settings->smtp_password_file, password) < 0) return "no-smtp_password";
        parcel->password = strdup(password);
        explicit_bzero(password, sizeof(password));
    }
    parcel->url = copy_of(settings->smtp_url);
    parcel->user = copy_of(settings->smtp_user);
    parcel->from = copy_of(settings->mail_from);
    return NULL;
}

static const char *sign_hook(const struct settings *settings, struct parcel *parcel)
{
    char secret[SECRET_BYTES_MAX], signature[SIGNATURE_TEXT_SIZE];
    if (!settings->webhook_secret_file[0]) return NULL;
    if (read_secret(settings->webhook_secret_file, secret) < 0) return "no-webhook_secret";
    hook_sign(wh_span_of(secret), (struct wh_span){parcel->content, parcel->content_len},
              signature);
    explicit_bzero(secret, sizeof(secret));
    parcel->signature = strdup(signature);
    return NULL;
}

static const char *fill_parcel(const struct reminders *self, const struct recipient *to,
                               const struct digest *digest, const struct message *message,
                               struct parcel *parcel)
{
    const struct wh_host *host = self->host;
    struct envelope envelope = {message->id, self->settings.mail_from, to->address,
                                host->now_ms(host->self)};
    struct text text = {NULL, 0, 0, 0};
    const char *why = NULL;
    memset(parcel, 0, sizeof(*parcel));
    parcel->sort = to->channel == CHANNEL_MAIL ? PARCEL_MAIL : PARCEL_HOOK;
    parcel->id = strdup(message->id);
    parcel->to = strdup(to->address);
    parcel->ca_file = copy_of(self->settings.ca_file);
    if (to->channel == CHANNEL_MAIL) {
        why = address_mail(&self->settings, parcel);
        if (!why) mail_put(digest, &envelope, &text);
    } else {
        parcel->url = strdup(to->address);
        hook_put(digest, &envelope, &text);
    }
    parcel->content = text.data;
    parcel->content_len = text.len;
    if (!why && to->channel == CHANNEL_HOOK) why = sign_hook(&self->settings, parcel);
    return text.failed ? "no-memory" : why;
}

/* What can't be given ends at once, as a failure that is tried again. */
static int give(struct reminders *self, const struct recipient *to, const struct digest *digest,
                struct message *message, struct wh_failure *fail)
{
    struct parcel parcel;
    const char *why = fill_parcel(self, to, digest, message, &parcel);
    if (why) {
        parcel_free(&parcel);
    } else {
        message->number = carrier_give(self->carrier, &parcel);
        if (message->number == 0) why = "no-memory";
    }
    if (why) {
        message->outcome = CARRIED_FAILED;
        copy_text(message->why, sizeof(message->why), wh_span_of(why));
    }
    message->next = self->messages;
    self->messages = message;
    return ask_carry(self, 0, fail);
}

static struct message *message_new(const struct recipient *to, int64_t day)
{
    struct message *message = calloc(1, sizeof(*message));
    if (!message) return NULL;
    message->channel = to->channel;
    message->day = day;
    put_id(message->id, to->id, to->channel, day);
    return message;
}

int plan_give(struct reminders *self, const struct recipient *first, struct plan *plan,
              struct wh_failure *fail)
{
    struct message *message = message_new(first, plan->digest.day);
    if (!message) return WH_E_FAILED;
    message->lines = plan->digest.count;
    message->members = plan->members;
    message->members_count = plan->members_count;
    plan->members = NULL;
    plan->members_count = 0;
    return give(self, first, &plan->digest, message, fail);
}

int test_give(struct reminders *self, const struct recipient *to, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct digest digest = {.is_zh = to->is_zh, .is_test = 1, .day = host->today(host->self)};
    struct message *message = message_new(to, host->now_ms(host->self));
    struct known_unit unit;
    if (!message) return WH_E_FAILED;
    message->is_test = 1;
    copy_text(digest.unit, sizeof(digest.unit), wh_span_of(to->unit));
    copy_text(digest.name, sizeof(digest.name), wh_span_of(to->unit));
    if (find_unit(host, wh_span_of(to->unit), &unit, fail) == 0) {
        copy_text(digest.name, sizeof(digest.name), wh_span_of(unit.name));
    }
    return give(self, to, &digest, message, fail);
}
