/* Findings about units that have a node of their own: the text goes down to that node alone, and
 * the day on which it was fixed comes back up as a figure. A letter is lines of NAME=VALUE, `text`
 * the last, with all that follows it; it names nobody. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"

#define PREFIX "finding/"
#define LETTER_MAX 8000

int send_letter(const struct talk *talk, const struct finding *finding)
{
    const struct wh_host *host = talk->host;
    char name[sizeof(PREFIX) + ID_SIZE], day[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE];
    char value[LETTER_MAX];
    struct wh_span home = host->home(host->self), letter;
    if (!lies_above(home, finding->unit)) return 0; /* about itself */
    (void)snprintf(name, sizeof(name), PREFIX "%s", finding->id);
    (void)day_text(finding->day, day);
    (void)day_text(finding->until, until);
    (void)snprintf(value, sizeof(value),
                   "date=%s\nuntil=%s\nstate=%s\nrefused=%" PRId64 "\nitem=%s\ntext=%s", day, until,
                   finding->progress, finding->refused, finding->item, finding->text);
    letter = wh_span_of(value);
    return host->publish(host->self, wh_span_of(finding->unit), wh_span_of(name), letter,
                         talk->fail);
}

/* ---- Reading ---- */

static int64_t day_of_text(struct wh_span text)
{
    struct wh_civil civil = {0, 0, 0};
    char copy[16];
    copy_text(copy, sizeof(copy), text);
    if (sscanf(copy, "%4d-%2d-%2d", &civil.year, &civil.month, &civil.day) != 3) return 0;
    return wh_day_of(civil);
}

static int64_t number_of_text(struct wh_span text)
{
    char copy[24];
    copy_text(copy, sizeof(copy), text);
    return strtoll(copy, NULL, 10);
}

/* The value of the line `name`; of `text` all that is left. */
static struct wh_span value_of(struct wh_span letter, const char *name)
{
    size_t len = strlen(name);
    while (letter.len > 0) {
        const char *end = memchr(letter.data, '\n', letter.len);
        uint64_t line = end ? (uint64_t)(end - letter.data) : letter.len;
        struct wh_span value = {letter.data + len + 1, line - len - 1};
        if (line > len && memcmp(letter.data, name, len) == 0 && letter.data[len] == '=') {
            if (strcmp(name, "text") == 0) value.len = letter.len - len - 1;
            return value;
        }
        letter.data += line + (end ? 1 : 0);
        letter.len -= line + (end ? 1 : 0);
    }
    return wh_span_of("");
}

static struct finding finding_of(const struct wh_published *published)
{
    struct finding finding = {.found = 1};
    struct wh_span id = published->name;
    id.data += sizeof(PREFIX) - 1;
    id.len -= sizeof(PREFIX) - 1;
    copy_text(finding.id, sizeof(finding.id), id);
    copy_text(finding.unit, sizeof(finding.unit), published->unit);
    copy_text(finding.progress, sizeof(finding.progress), value_of(published->value, "state"));
    copy_text(finding.item, sizeof(finding.item), value_of(published->value, "item"));
    copy_text(finding.text, sizeof(finding.text), value_of(published->value, "text"));
    copy_text(finding.origin, sizeof(finding.origin), published->origin);
    finding.refused = number_of_text(value_of(published->value, "refused"));
    finding.day = day_of_text(value_of(published->value, "date"));
    finding.until = day_of_text(value_of(published->value, "until"));
    return finding;
}

struct letters {
    const struct talk *talk;
    struct findings *found;
    struct wh_span only; /* this finding alone; empty: all */
};

static int take_letter(void *context, const struct wh_published *published)
{
    struct letters *letters = context;
    const struct wh_host *host = letters->talk->host;
    struct finding finding = finding_of(published);
    if (wh_span_equal(published->origin, host->home(host->self))) return 0; /* its own */
    if (letters->only.len > 0 && !wh_span_equal(letters->only, wh_span_of(finding.id))) return 0;
    return findings_add(letters->found, &finding);
}

int read_letters(const struct talk *talk, struct wh_span only, struct findings *ret)
{
    const struct wh_host *host = talk->host;
    struct letters letters = {talk, ret, only};
    int rc = host->published(host->self, wh_span_of(PREFIX), take_letter, &letters, talk->fail);
    return rc < 0 ? rc : 0;
}

int is_letter(const struct talk *talk, struct wh_span id)
{
    struct findings letters = {NULL, 0, 0};
    int found = id.len > 0 && read_letters(talk, id, &letters) == 0 && letters.count > 0;
    free(letters.items);
    return found;
}

/* ---- Taken back ---- */

struct recalling {
    const struct talk *talk;
    const struct findings *stand;
    struct findings gone;
};

static int take_gone(void *context, const struct wh_published *published)
{
    struct recalling *recalling = context;
    const struct wh_host *host = recalling->talk->host;
    struct finding finding = finding_of(published);
    if (!wh_span_equal(published->origin, host->home(host->self))) return 0;
    if (strcmp(finding.progress, WITHDRAWN) == 0) return 0;
    for (uint32_t i = 0; i < recalling->stand->count; i++) {
        if (strcmp(recalling->stand->items[i].id, finding.id) == 0) return 0;
    }
    return findings_add(&recalling->gone, &finding);
}

int recall_letters(const struct talk *talk, const struct findings *stand)
{
    const struct wh_host *host = talk->host;
    struct recalling recalling = {talk, stand, {NULL, 0, 0}};
    int rc = host->published(host->self, wh_span_of(PREFIX), take_gone, &recalling, talk->fail);
    for (uint32_t i = 0; rc >= 0 && i < recalling.gone.count; i++) {
        struct finding *finding = &recalling.gone.items[i];
        copy_text(finding->progress, sizeof(finding->progress), wh_span_of(WITHDRAWN));
        finding->item[0] = '\0';
        finding->text[0] = '\0';
        rc = send_letter(talk, finding);
    }
    free(recalling.gone.items);
    return rc < 0 ? rc : 0;
}

/* ---- The answer ---- */

/* Beside the day of the fix, under the finding's id: when it was entered, and in which version of
 * its record. */
#define ENTERED ".entered"
#define VERSION ".version"

struct claiming {
    const char *finding;
    struct claim claim;
};

static int take_claim(void *context, const struct wh_figure *figure)
{
    struct claiming *claiming = context;
    struct wh_span metric = figure->metric, id = wh_span_of(claiming->finding);
    if (!wh_span_equal(figure->facet, wh_span_of(KIND_FIX))) return 0;
    if (metric.len < id.len || memcmp(metric.data, id.data, id.len) != 0) return 0;
    metric.data += id.len;
    metric.len -= id.len;
    if (metric.len == 0) claiming->claim.day = figure->value;
    if (wh_span_equal(metric, wh_span_of(ENTERED))) claiming->claim.entered = figure->value;
    if (wh_span_equal(metric, wh_span_of(VERSION))) claiming->claim.version = figure->value;
    return 0;
}

int read_claim(const struct wh_host *host, const struct finding *finding, struct claim *ret,
               struct wh_failure *fail)
{
    struct claiming claiming = {finding->id, {0, 0, 0}};
    struct claim *claim = &claiming.claim;
    int rc =
        host->figures(host->self, wh_span_of(finding->unit), 0, 0, take_claim, &claiming, fail);
    if (claim->entered < claim->day) claim->entered = claim->day;
    if (finding->refused > 0 && claim->version <= finding->refused) claim->day = 0;
    *ret = *claim;
    return rc < 0 ? rc : 0;
}

struct answering {
    const char *finding;
    char id[ID_SIZE];
    int64_t version;
};

static int take_answer(void *context, const struct wh_record_view *record)
{
    struct answering *answering = context;
    if (wh_span_equal(field_text(record, "finding"), wh_span_of(answering->finding))) {
        copy_text(answering->id, sizeof(answering->id), record->id);
        answering->version = (int64_t)record->version;
    }
    return 0;
}

int answer_letter(const struct talk *talk, const struct finding *finding)
{
    const struct wh_host *host = talk->host;
    struct answering answering = {.finding = finding->id};
    struct fields fields = {.count = 0};
    char text[DAY_TEXT_SIZE], entered[DAY_TEXT_SIZE];
    int anew, rc = host->records(host->self, wh_span_of(KIND_FIX), wh_span_of(finding->unit),
                                 INT32_MIN, INT32_MAX, take_answer, &answering, talk->fail);
    if (rc < 0) return rc;
    put_field(&fields, "text", given_text(talk, "text"));
    /* Mending the words of an answer that stands leaves the day on which it was given. */
    anew = !answering.id[0] || answering.version <= finding->refused;
    if (anew) put_field(&fields, "entered", day_text(finding->entered, entered));
    if (answering.id[0]) {
        if (anew || is_given(talk, "date")) {
            put_field(&fields, "date", day_text(finding->fixed, text));
        }
        return host->record_edit(host->self, wh_span_of(answering.id), list_of_fields(&fields),
                                 talk->fail);
    }
    put_field(&fields, "finding", wh_span_of(finding->id));
    return host->record_add(host->self, wh_span_of(KIND_FIX), wh_span_of(finding->unit),
                            finding->fixed, list_of_fields(&fields), NULL, talk->fail);
}

static int take_own_answer(void *context, const struct wh_record_view *record)
{
    struct findings *answers = context;
    struct finding answer = {.fixed = record->date, .refused = (int64_t)record->version};
    answer.entered = field_number(record, "entered", record->date);
    copy_text(answer.id, sizeof(answer.id), field_text(record, "finding"));
    return findings_add(answers, &answer);
}

static int set_figure(const struct wh_host *host, const struct finding *answer, const char *what,
                      int64_t value, struct wh_failure *fail)
{
    char name[ID_SIZE + sizeof(ENTERED)];
    (void)snprintf(name, sizeof(name), "%s%s", answer->id, what);
    return host->metric_set(host->self, wh_span_of(name), value, fail);
}

int measure_fix(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    struct findings answers = {NULL, 0, 0};
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_own_answer, &answers, fail);
    for (uint32_t i = 0; rc >= 0 && i < answers.count; i++) {
        const struct finding *answer = &answers.items[i];
        rc = set_figure(host, answer, "", answer->fixed, fail);
        if (rc >= 0) rc = set_figure(host, answer, ENTERED, answer->entered, fail);
        if (rc >= 0) rc = set_figure(host, answer, VERSION, answer->refused, fail);
    }
    free(answers.items);
    return rc < 0 ? rc : 0;
}
