/* Declares something that a plugin must not: -DWRONG names it. All code in it is harmless, but
 * nothing of it may run: `open` tells in the log where it did. */
#define DECLARES
#define IN_OPEN
#include "anywhere.h"

#define NOTHING 0
#define ABI 1
#define SIZE 2 /* DECLARED_SIZE */
#define NO_NAME 3
#define OTHER_NAME 4
#define KIND_OF_OTHERS 5
#define COMMAND_OF_CORE 6 /* COMMAND */
#define NEEDS 7           /* NEEDED */
#define NULL_ITEMS 8
#define STRIDE 9
#define RULE 10    /* WHEN is nonsense */
#define SETTING 11 /* a default that is no value of its type */
#define NO_VERSION 12
#define NO_MEASURE 13
#define KIND_TWICE 14
#define NULL_NEED 15
#define NULL_KIND_NAME 16
#define CHOICE_WITHOUT_CHOICES 17
#define NO_JOB 18
#define BOUNDS 19 /* a setting whose default is out of its bounds */
#define JOB_TWICE 20
#define LONG_NAME 21     /* of a kind: 3,000 letters */
#define NULL_TESTS 23    /* a condition of a metric says three tests and has none */
#define FIELD_NAME 24    /* FIELD */
#define NULL_CHOICES 25  /* a field of choices without ids */
#define FORM 26          /* a metric counts the distinct values of no field */
#define FLAGS_OF_KIND 27 /* KIND_FLAGS */
#define MANY 22          /* a list of four thousand million items */
#ifndef WRONG
#define WRONG NOTHING
#endif
#ifndef DECLARED_SIZE
#define DECLARED_SIZE sizeof(struct wh_plugin)
#endif
#ifndef COMMAND
#define COMMAND "status"
#endif
#ifndef FIELD
#define FIELD "colour"
#endif
#ifndef KIND_FLAGS
#define KIND_FLAGS 0
#endif
#ifndef NEEDED
#define NEEDED "ledger"
#endif
#define IF(fault, wrong, right) (WRONG == (fault) ? (wrong) : (right))
#define TEN "abcdefghij"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define VERY_LONG THOUSAND THOUSAND THOUSAND

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    (void)call;
    (void)fail;
    host->log(host->self, 4, "hostile.opened", "code of a plugin ran that must not be loaded");
    return 0;
}

static const char *const needs[] = {IF(NULL_NEED, NULL, NEEDED)};
static const struct wh_choice no_ids[] = {{NULL, {NULL, NULL}}, {NULL, {NULL, NULL}}};
static const struct wh_field wrong_fields[] = {
    {.name = IF(FIELD_NAME, FIELD, "colour"),
     .title = {"颜色", "Colour"},
     .type = WRONG == CHOICE_WITHOUT_CHOICES || WRONG == NULL_CHOICES ? WH_CHOICE : WH_TEXT,
     .choices = {IF(NULL_CHOICES, no_ids, NULL), IF(NULL_CHOICES, 2, 0), sizeof(no_ids[0])}},
};
static const struct wh_condition conditions[] = {
    {.tests = {NULL, IF(NULL_TESTS, 3, 0), sizeof(struct wh_test)}},
};
static const struct wh_metric wrong_metrics[] = {
    {.id = NAME "_visits",
     .title = {"次数", "Visits"},
     .type = WH_FLOW,
     .form = IF(NO_MEASURE, WH_MEASURED, IF(FORM, WH_DISTINCT, WH_COUNT)),
     .any = {conditions, IF(NULL_TESTS, 1, 0), sizeof(conditions[0])}},
};
static const struct wh_kind wrong_kinds[] = {
    {.name = IF(KIND_OF_OTHERS, "meeting",
                IF(NULL_KIND_NAME, NULL, IF(LONG_NAME, VERY_LONG, NAME "_visit"))),
     .title = {"走访", "Visits"},
     .enter = WH_LEVEL_TOWNSHIP,
     .flags = IF(FORM, WH_KIND_BY_FORM, IF(FLAGS_OF_KIND, KIND_FLAGS, 0)),
     .fields = WH_LIST(wrong_fields),
     .metrics = WH_LIST(wrong_metrics)},
    {.name = IF(KIND_TWICE, NAME "_visit", NAME "_second"),
     .title = {"走访", "Visits"},
     .enter = WH_LEVEL_TOWNSHIP,
     .fields = WH_LIST(wrong_fields)},
};
static const struct wh_command wrong_commands[] = {
    {.name = IF(COMMAND_OF_CORE, COMMAND, NAME " go"),
     .title = {"做", "do it"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_READ},
};
static const struct wh_job wrong_jobs[] = {
    {.name = "go", .title = {"做", "do it"}, .when = IF(RULE, WHEN, "daily 02:00")},
    {.name = IF(JOB_TWICE, "go", "come"), .title = {"做", "do it"}, .when = ""},
};
static const struct wh_setting wrong_settings[] = {
    {.name = "days",
     .title = {"天数", "Days"},
     .type = WH_INTEGER,
     .flags = WH_BOUNDED,
     .min = 1,
     .max = 9,
     .fallback = IF(SETTING, "many", IF(BOUNDS, "10", "5"))},
};

const struct wh_plugin wuhao_plugin = {
    .abi = IF(ABI, 2, WH_ABI),
    .size = (uint32_t)(DECLARED_SIZE),
    .name = IF(NO_NAME, NULL, IF(OTHER_NAME, "somebody", NAME)),
    .version = IF(NO_VERSION, NULL, "1.0.0"),
    .title = {"坏插件", "A hostile plugin"},
    .needs = {IF(NULL_ITEMS, NULL, needs), WRONG == NEEDS || WRONG == NULL_NEED ? 1 : 0,
              sizeof(needs[0])},
    .kinds = {IF(NULL_ITEMS, NULL, wrong_kinds), IF(MANY, UINT32_MAX, 2),
              IF(STRIDE, 4, sizeof(struct wh_kind))},
    .commands = WH_LIST(wrong_commands),
    .open = hostile_open,
    .close = hostile_close,
    .measure = WRONG == NO_MEASURE || WRONG == FLAGS_OF_KIND ? NULL : hostile_measure,
    .command = hostile_command,
    .jobs = WH_LIST(wrong_jobs),
    .settings = WH_LIST(wrong_settings),
    .job = IF(NO_JOB, NULL, hostile_job),
};
