#include "isolation/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 32

static void add_word(struct wh_sandbox *sandbox, const char *word)
{
    size_t len = strlen(sandbox->words);
    (void)snprintf(sandbox->words + len, sizeof(sandbox->words) - len, "%s%s", len > 0 ? ", " : "",
                   word);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* clang's way to say so */
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1 /* its run-time maps terabytes and reads /proc */
#else
#define INSTRUMENTED 0
#endif

/* ---- Limits ---- */

static void limit(enum __rlimit_resource resource, rlim_t to)
{
    struct rlimit limits = {to, to};
    (void)setrlimit(resource, &limits); /* a lower one that holds already is as good */
}

static void set_limits(struct wh_sandbox *sandbox, uint32_t memory_mb)
{
    char word[40];
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, FILES_MAX);
    (void)signal(SIGXFSZ, SIG_IGN); /* a write then fails instead */
    if (INSTRUMENTED) return;
    limit(RLIMIT_AS, (rlim_t)memory_mb << 20);
    (void)snprintf(word, sizeof(word), "memory %u MiB", memory_mb);
    add_word(sandbox, word);
}

/* ---- The file system ---- */

static void allow(int rules, const char *path)
{
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    if (beneath.parent_fd < 0) return; /* not on this system */
    (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    (void)close(beneath.parent_fd); /* only named */
}

static void close_files(struct wh_sandbox *sandbox, const char *file)
{
    static const char *const libraries[] = {"/lib",           "/lib64",           "/usr/lib",
                                            "/usr/local/lib", "/etc/ld.so.cache", "/dev/null"};
    struct landlock_ruleset_attr all = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                             LANDLOCK_ACCESS_FS_MAKE_SYM,
    };
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    if (rules < 0) return; /* this kernel has none; the filter below still forbids writing */
    allow(rules, file);
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        allow(rules, libraries[i]);
    }
    if (syscall(SYS_landlock_restrict_self, rules, 0) == 0) add_word(sandbox, "no files");
    (void)close(rules); /* in force */
}

/* ---- Calls of the kernel ---- */

/* What computing, memory, threads of its own, time and the one socket need. */
static const int allowed_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getppid),
    SCMP_SYS(getrandom),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(lseek),
    SCMP_SYS(pread64),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(membarrier),
};

/* A call that is allowed where one of its arguments, under `mask`, is `value`. */
static const struct {
    int call;
    unsigned int argument;
    scmp_datum_t mask;
    scmp_datum_t value;
} allowed_if[] = {
    {SCMP_SYS(openat), 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0},
    {SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD},
    {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* reading limits */
};

static int allow_if(scmp_filter_ctx filter, int call, unsigned int argument, scmp_datum_t mask,
                    scmp_datum_t value)
{
    const struct scmp_arg_cmp compare = {argument, SCMP_CMP_MASKED_EQ, mask, value};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &compare);
}

static int add_exceptions(scmp_filter_ctx filter)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(allowed_if) / sizeof(allowed_if[0]); i++) {
        rc = allow_if(filter, allowed_if[i].call, allowed_if[i].argument, allowed_if[i].mask,
                      allowed_if[i].value);
    }
    /* abort() and raise(), on itself alone */
    if (rc == 0) {
        rc = allow_if(filter, SCMP_SYS(tgkill), 0, UINT32_MAX, (scmp_datum_t)getpid());
    }
    /* the library then falls back to clone, whose flags can be looked at */
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* for the second filter, which takes these two away again */
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(seccomp), 0);
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0);
    return rc;
}

/* Everything else fails with EPERM: a library that tries gets an error, not a death. */
static void close_calls(struct wh_sandbox *sandbox)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = filter ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < sizeof(allowed_calls) / sizeof(allowed_calls[0]); i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    }
    if (rc == 0) rc = add_exceptions(filter);
    if (rc == 0) rc = seccomp_load(filter);
    if (rc == 0) add_word(sandbox, "no network, programs or processes");
    if (filter) seccomp_release(filter);
}

void wh_sandbox_before_load(struct wh_sandbox *sandbox, const char *file, uint32_t memory_mb)
{
    *sandbox = (struct wh_sandbox){{0}};
    set_limits(sandbox, memory_mb);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (INSTRUMENTED) return;
    close_files(sandbox, file);
    close_calls(sandbox);
}

void wh_sandbox_after_load(struct wh_sandbox *sandbox)
{
    static const int closed[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2),
                                 SCMP_SYS(prctl), SCMP_SYS(seccomp)};
    scmp_filter_ctx filter;
    int rc = 0;
    if (INSTRUMENTED) {
        add_word(sandbox, "none (instrumented build)");
        return;
    }
    filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) return;
    for (size_t i = 0; rc == 0 && i < sizeof(closed) / sizeof(closed[0]); i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), closed[i], 0);
    }
    if (rc == 0) (void)seccomp_load(filter); /* the first filter holds in any case */
    seccomp_release(filter);
}
