/* Reaches for what is not a plugin's: -DFOR names it. The row tells with `did` whether it got it.
 */
#include "anywhere.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NETWORK 0
#define CHILD 1
#define PROGRAM 2
#define PARENT 3  /* ends its parent's process */
#define KEY 4     /* reads the file PATH */
#define RECORDS 5 /* of another plugin's kind */
#define TRACE 6   /* looks into its parent's memory */
#ifndef FOR
#define FOR NETWORK
#endif
#ifndef PATH
#define PATH "/"
#endif

static int has_forked(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0 && waitpid(child, &status, 0) == child;
}

static int has_run(void)
{
    char *args[] = {(char *)(uintptr_t) "true", NULL}, *environment[] = {NULL};
    pid_t child;
    int status = 0;
    if (posix_spawn(&child, "/bin/true", NULL, NULL, args, environment) != 0) return 0;
    return waitpid(child, &status, 0) == child && status == 0;
}

static int has_read(void)
{
    char bytes[16];
    int file = open(PATH, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, bytes, sizeof(bytes));
    if (file >= 0) (void)close(file);
    return got > 0;
}

static int has_reached_out(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    int line = socket(AF_INET, SOCK_DGRAM, 0);
    int sent;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sent = line >= 0 && sendto(line, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
    if (line >= 0) (void)close(line);
    return sent;
}

static int has_traced(void)
{
    if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0) return 0;
    (void)waitpid(getppid(), NULL, 0);
    return ptrace(PTRACE_DETACH, getppid(), NULL, NULL) == 0;
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    int which = FOR, did = 0, rc;
    int64_t seen = 0;
    switch (which) {
    case NETWORK: did = has_reached_out(); break;
    case CHILD: did = has_forked(); break;
    case PROGRAM: did = has_run(); break;
    case PARENT: did = kill(getppid(), SIGKILL) == 0; break;
    case KEY: did = has_read(); break;
    case TRACE: did = has_traced(); break;
    case RECORDS:
        rc = host->records(host->self, wh_span_of("meeting"), wh_span_of("231182101"), 0, 99999,
                           count, &seen, fail);
        if (rc < 0) return rc;
        did = 1;
        break;
    }
    got |= did; /* a constructor has nobody to tell yet */
    return tell(call, did, did ? "got it" : "did not get it", fail);
}
