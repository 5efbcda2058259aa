/* wuhaod: runs a node in the foreground. */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/text.h"
#include "node/node.h"
#include "node/once.h"

#define HOME_DEFAULT "/var/lib/wuhao"

static const char help[] =
    "usage: wuhaod [-C DIR]\n"
    "\n"
    "Runs the node whose home is DIR (default: $WUHAO_HOME, else " HOME_DEFAULT ") in the\n"
    "foreground. It logs to stderr and prints `ready` when it serves. SIGTERM stops it,\n"
    "SIGHUP reads its config anew. `wuhao init` makes a home.\n"
    "\n"
    "  -C, --home DIR   the node's home\n"
    "      --once       answers one request of stdin on stdout (used by wuhao)\n"
    "  -V, --version    the version\n"
    "  -h, --help       this help\n";

static enum wh_language language(void)
{
    const char *lang = setlocale(LC_MESSAGES, "");
    return lang && strncmp(lang, "zh", 2) == 0 ? WH_ZH : WH_EN;
}

static void print_failure(const struct wh_error *err, const struct wh_faults *faults)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = wh_error_text(err, language(), &arena);
    fprintf(stderr, "wuhaod: %.*s\n", (int)text.len, text.data);
    for (uint32_t i = 0; i < wh_faults_kept(faults) && i < 20; i++) {
        text = wh_fault_text(&faults->items[i], language(), &arena);
        if (faults->items[i].line > 0) fprintf(stderr, "line %u: ", faults->items[i].line);
        fprintf(stderr, "%.*s\n", (int)text.len, text.data);
    }
    wh_arena_deinit(&arena);
}

/* Every child takes one; the library ends the process where none is left. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* else it stays as it is */
}

static int serve(const char *dir)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_error err = {.code = 0};
    struct wh_faults faults;
    struct wh_node node;
    int rc;
    raise_descriptors();
    wh_node_block_signals();
    wh_faults_init(&faults, &arena);
    rc = wh_node_open(&node, dir, WH_NODE_SERVING, &faults, &err);
    if (rc == 0) rc = wh_node_serve(&node, &err);
    if (rc < 0) print_failure(&err, &faults);
    wh_node_close(&node);
    wh_arena_deinit(&arena);
    return rc < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"home", required_argument, NULL, 'C'},
        {"once", no_argument, NULL, 'o'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *dir = getenv("WUHAO_HOME");
    bool once = false;
    int option;
    if (!dir || !*dir) dir = HOME_DEFAULT;
    while ((option = getopt_long(argc, argv, "C:Vh", options, NULL)) != -1) {
        switch (option) {
        case 'C': dir = optarg; break;
        case 'o': once = true; break;
        case 'V': printf("wuhaod %s\n", WUHAO_VERSION); return 0;
        case 'h': fputs(help, stdout); return 0;
        default: return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "wuhaod: %s: it takes no such argument (see --help)\n", argv[optind]);
        return 2;
    }
    return once ? wh_node_once(dir) : serve(dir);
}
