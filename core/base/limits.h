/* limits.h: every cap on a size or count that comes from outside, in one place. A size is compared
 * with its cap before anything is allocated for it (WH_E_TOO_BIG). */
#ifndef WH_BASE_LIMITS_H
#define WH_BASE_LIMITS_H

#define WH_CODE_BYTES_MIN 2 /* a unit's code */
#define WH_CODE_BYTES_MAX 24
#define WH_NAME_BYTES_MAX 120  /* a unit's, a kind's, a field's name */
#define WH_TEXT_BYTES_MAX 1000 /* a text field */
#define WH_LONG_TEXT_BYTES_MAX 100000
#define WH_FIELDS_MAX 64               /* of one kind */
#define WH_METRICS_MAX 256             /* of one kind, declared in C */
#define WH_FAULTS_KEPT_MAX 10000       /* more are counted, not kept */
#define WH_INPUT_BYTES_MAX (96u << 20) /* a CSV or YAML file handed to a command */
#define WH_IMPORT_ROWS_MAX 500000
#define WH_UNITS_MAX 1000000
#define WH_PROGRAMME_BYTES_MAX (4u << 20)
#define WH_ROW_BYTES_MAX (4u << 20)     /* one row, packed */
#define WH_FRAME_BYTES_MAX (6u << 20)   /* one frame on a link */
#define WH_ROWS_BYTES_MAX (16u << 20)   /* the rows of one Push, inflated */
#define WH_BUNDLE_BYTES_MAX (64u << 20) /* one file of a bundle */
#define WH_BUNDLE_PARTS_MAX 10000
#define WH_ROWS_COUNT_MAX 65536   /* of one Push */
#define WH_TERMS_COUNT_MAX 100000 /* of one store */
#define WH_REQUEST_BYTES_MAX (100u << 20)
#define WH_YAML_NODES_MAX 200000
#define WH_YEAR_MIN 1949
#define WH_YEAR_MAX 2200

#endif
