#include "home/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>

static bool is_any(struct wh_span listen)
{
    return wh_span_starts(listen, WH_S("tcp://0.0.0.0:")) ||
           wh_span_starts(listen, WH_S("tcp://*:")) || wh_span_starts(listen, WH_S("tcp://[::]:"));
}

/* The machine's IPv4 addresses but for loopback: how many, and the last of them. */
static int own_addresses(char ret[INET_ADDRSTRLEN])
{
    struct ifaddrs *all, *one;
    int count = 0;
    if (getifaddrs(&all) != 0) return 0;
    for (one = all; one; one = one->ifa_next) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)one->ifa_addr;
        if (!in || in->sin_family != AF_INET) continue;
        if (ntohl(in->sin_addr.s_addr) >> 24 == 127) continue; /* loopback */
        if (inet_ntop(AF_INET, &in->sin_addr, ret, INET_ADDRSTRLEN)) count++;
    }
    freeifaddrs(all);
    return count;
}

int wh_address_for_children(const struct wh_config *config, struct wh_arena *arena,
                            struct wh_span *ret, struct wh_error *err)
{
    char own[INET_ADDRSTRLEN];
    const char *port;
    size_t size;
    char *endpoint;
    if (config->advertise.len > 0) {
        *ret = config->advertise;
        return 0;
    }
    if (config->listen.len == 0) return wh_fail(err, WH_E_FAILED, WH_MSG_INVITE_NO_LISTEN, NULL);
    if (!is_any(config->listen)) {
        *ret = config->listen;
        return 0;
    }
    if (own_addresses(own) != 1) return wh_fail(err, WH_E_FAILED, WH_MSG_INVITE_ADVERTISE, NULL);
    port = memrchr(config->listen.data, ':', config->listen.len);
    size = config->listen.len + sizeof(own) + 8;
    endpoint = wh_arena_new(arena, size, 1);
    (void)snprintf(endpoint, size, "tcp://%s%.*s", own,
                   (int)(config->listen.data + config->listen.len - port), port);
    *ret = wh_span_of(endpoint);
    return 0;
}
