/* Speaks to the node past the host table: frames on its line that look almost right. What is
 * written here of their form is a guess from outside, as an attacker's would be: a length, a
 * number, and values of which some make sense. The node may end this process, and must not read
 * beyond what came. */
#include "anywhere.h"

#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#define LINE 3
#define FRAMES 200
#define ASK 3u

static uint64_t chance;
static unsigned char frame[4096];
static uint32_t len;

static uint32_t pick(uint32_t below)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (uint32_t)(chance >> 32) % below;
}

static void put(const void *bytes, uint32_t size)
{
    if (len + size > sizeof(frame)) return;
    memcpy(frame + len, bytes, size);
    len += size;
}

static void put_u32(uint32_t value)
{
    put(&value, sizeof(value));
}

static void put_text(void)
{
    static const char *const texts[] = {NAME "_visit", "231182101", "meeting", "go", "",
                                        "no\xff such", "minutes",   "2311"};
    const char *text = texts[pick(8)];
    uint32_t size = (uint32_t)strlen(text);
    put_u32(pick(16) == 0 ? size + pick(3) : size);
    put(text, size + 1);
}

static void put_value(void)
{
    uint64_t number = pick(4) == 0 ? UINT64_MAX - pick(3) : pick(70000);
    switch (pick(5)) {
    case 0: put_text(); break;
    case 1: put_u32(pick(20)); break;
    case 2: put_u32(UINT32_MAX - pick(2)); break;
    default: put(&number, sizeof(number));
    }
}

static int send_frame(void)
{
    uint32_t head[2] = {0, pick(12) == 0 ? pick(8) : ASK}, values = pick(8);
    len = sizeof(head);
    put_u32(pick(34));
    for (uint32_t i = 0; i < 2; i++) put_text();
    for (uint32_t i = 0; i < values; i++) put_value();
    head[0] = len - (uint32_t)sizeof(head);
    if (pick(100) == 0) head[0] = UINT32_MAX - pick(2);
    memcpy(frame, head, sizeof(head));
    return write(LINE, frame, len) == (ssize_t)len ? 0 : WH_E_FAILED;
}

/* Takes what the node says to it, unread. */
static void drain(void)
{
    struct pollfd line = {LINE, POLLIN, 0};
    char bytes[4096];
    while (poll(&line, 1, 2) > 0 && read(LINE, bytes, sizeof(bytes)) > 0) {
    }
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance) || chance == 0) chance = 7;
    for (int i = 0; i < FRAMES; i++) {
        if (send_frame() < 0) return WH_E_FAILED;
        drain();
    }
    return tell(call, 1, "was believed", fail);
}
