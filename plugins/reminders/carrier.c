#include "carrier.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS 4         /* one that a server holds up leaves the others */
#define CONNECT_S 10      /* until a server has answered at all */
#define ANSWER_S 30       /* of a mail server, for each of its answers */
#define WHOLE_S 60        /* for one parcel */
#define STOP_WAIT_MS 3000 /* for threads, when the carrier is freed */
#define STOP_LOOK_MS 10
#define CURL_OWN_THREAD_OK 1L /* no signals: it runs beside others */

struct errand {
    struct errand *next;
    struct carrier *carrier;
    uint64_t number;
    struct parcel parcel;
    size_t given; /* bytes of the content */
    int taken;    /* by a thread */
    int allowed;
    int last_given; /* the last byte may have gone out */
    enum carried state;
    char why[CARRIED_WHY_SIZE];
};

/* Freed by the last of its holders: threads may outlive carrier_free(). */
struct carrier {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct errand *errands;
    uint64_t last_number;
    uint32_t holders;
    int stops;
};

/* ---- Parcels ---- */

/* Secrets are not left in memory that others get. */
static void free_secret(char *text)
{
    if (text) explicit_bzero(text, strlen(text));
    free(text);
}

void parcel_free(struct parcel *parcel)
{
    free(parcel->url);
    free(parcel->user);
    free_secret(parcel->password);
    free(parcel->ca_file);
    free(parcel->from);
    free(parcel->to);
    free(parcel->id);
    free(parcel->signature);
    free(parcel->content);
    memset(parcel, 0, sizeof(*parcel));
}

static void errand_free(struct errand *errand)
{
    parcel_free(&errand->parcel);
    free(errand);
}

/* ---- One errand, on its thread ---- */

/* Waits until the last byte may go out; 0: it must not. */
static int may_end(struct errand *errand)
{
    struct carrier *carrier = errand->carrier;
    int allowed;
    (void)pthread_mutex_lock(&carrier->mutex);
    if (!errand->allowed) errand->state = CARRIED_AT_LAST;
    while (!errand->allowed && !carrier->stops) {
        (void)pthread_cond_wait(&carrier->changed, &carrier->mutex);
    }
    allowed = errand->allowed && !carrier->stops;
    if (allowed) errand->last_given = 1;
    errand->state = CARRIED_UNDER_WAY;
    (void)pthread_mutex_unlock(&carrier->mutex);
    return allowed;
}

/* A mail ends when 0 is given: libcurl then sends the dot. A body ends with its last byte. */
static size_t give_content(char *at, size_t size, size_t count, void *context)
{
    struct errand *errand = context;
    size_t left = errand->parcel.content_len - errand->given;
    size_t held = errand->parcel.sort == PARCEL_HOOK ? 1 : 0, len = left;
    if (left <= held) {
        if (!errand->last_given && !may_end(errand)) return CURL_READFUNC_ABORT;
    } else {
        len = left - held;
    }
    if (len > size * count) len = size * count;
    memcpy(at, errand->parcel.content + errand->given, len);
    errand->given += len;
    return len;
}

static size_t drop_answer(char *at, size_t size, size_t count, void *context)
{
    (void)at;
    (void)context;
    return size * count;
}

/* Not 0: ends what is under way. */
static int must_stop(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct carrier *carrier = context; /* an errand may be gone while libcurl says goodbye */
    int stops;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    (void)pthread_mutex_lock(&carrier->mutex);
    stops = carrier->stops;
    (void)pthread_mutex_unlock(&carrier->mutex);
    return stops;
}

static void set_up(CURL *curl, struct errand *errand)
{
    const struct parcel *parcel = &errand->parcel;
    (void)curl_easy_setopt(curl, CURLOPT_URL, parcel->url);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, CURL_OWN_THREAD_OK);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    (void)curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ANSWER_S);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
    (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_content);
    (void)curl_easy_setopt(curl, CURLOPT_READDATA, errand);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, must_stop);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, errand->carrier);
    if (parcel->ca_file) (void)curl_easy_setopt(curl, CURLOPT_CAINFO, parcel->ca_file);
}

static struct curl_slist *set_up_mail(CURL *curl, const struct parcel *parcel)
{
    struct curl_slist *to = curl_slist_append(NULL, parcel->to);
    int has_password = parcel->user && parcel->password;
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
                           (long)(has_password ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (has_password) {
        (void)curl_easy_setopt(curl, CURLOPT_USERNAME, parcel->user);
        (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, parcel->password);
    }
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, parcel->from);
    (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    return to;
}

static struct curl_slist *set_up_hook(CURL *curl, const struct parcel *parcel)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char line[160];
    headers = curl_slist_append(headers, "Expect:");
    (void)snprintf(line, sizeof(line), "Idempotency-Key: %s", parcel->id);
    headers = curl_slist_append(headers, line);
    if (parcel->signature) {
        (void)snprintf(line, sizeof(line), "X-Wuhao-Signature: sha256=%s", parcel->signature);
        headers = curl_slist_append(headers, line);
    }
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)parcel->content_len);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    return headers;
}

/* By what the server said. After the last byte only its own refusal is certain: the code of an
 * answer to what went before it (354 of a mail) is none. */
static void judge(struct errand *errand, CURLcode rc, long answer)
{
    int refused = answer >= 400 && answer < 600;
    int taken = errand->parcel.sort == PARCEL_MAIL ? rc == CURLE_OK : answer >= 200 && answer < 300;
    if (errand->parcel.sort == PARCEL_HOOK && rc == CURLE_OK) refused = !taken;
    if (taken) {
        (void)snprintf(errand->why, sizeof(errand->why), "sent");
        errand->state = CARRIED_SENT;
        return;
    }
    errand->state = errand->last_given && !refused ? CARRIED_UNKNOWN : CARRIED_FAILED;
    if (refused || (rc == CURLE_OK && answer > 0)) {
        (void)snprintf(errand->why, sizeof(errand->why), "answer-%ld", answer);
    } else if (errand->state == CARRIED_UNKNOWN) {
        (void)snprintf(errand->why, sizeof(errand->why), "no-answer");
    } else if (rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST) {
        (void)snprintf(errand->why, sizeof(errand->why), "unreachable");
    } else if (rc == CURLE_OPERATION_TIMEDOUT) {
        (void)snprintf(errand->why, sizeof(errand->why), "timeout");
    } else {
        (void)snprintf(errand->why, sizeof(errand->why), "curl-%d", (int)rc);
    }
}

static void run_errand(struct errand *errand)
{
    struct curl_slist *list = NULL;
    CURL *curl = curl_easy_init();
    CURLcode rc = CURLE_OUT_OF_MEMORY;
    long answer = 0;
    if (curl) {
        set_up(curl, errand);
        list = errand->parcel.sort == PARCEL_MAIL ? set_up_mail(curl, &errand->parcel)
                                                  : set_up_hook(curl, &errand->parcel);
        rc = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    }
    (void)pthread_mutex_lock(&errand->carrier->mutex);
    judge(errand, rc, answer);
    (void)pthread_mutex_unlock(&errand->carrier->mutex);
    /* It may wait for a server's goodbye, and the errand may be gone by then. */
    curl_easy_cleanup(curl);
    curl_slist_free_all(list);
}

/* ---- Threads ---- */

static struct errand *next_errand(struct carrier *carrier)
{
    for (struct errand *errand = carrier->errands; errand; errand = errand->next) {
        if (!errand->taken) return errand;
    }
    return NULL;
}

/* With the mutex held, which it gives back. */
static void let_go(struct carrier *carrier)
{
    uint32_t holders = --carrier->holders;
    (void)pthread_mutex_unlock(&carrier->mutex);
    if (holders > 0) return;
    while (carrier->errands) {
        struct errand *errand = carrier->errands;
        carrier->errands = errand->next;
        errand_free(errand);
    }
    (void)pthread_cond_destroy(&carrier->changed);
    (void)pthread_mutex_destroy(&carrier->mutex);
    free(carrier);
}

static void *run_thread(void *context)
{
    struct carrier *carrier = context;
    (void)pthread_mutex_lock(&carrier->mutex);
    while (!carrier->stops) {
        struct errand *errand = next_errand(carrier);
        if (!errand) {
            (void)pthread_cond_wait(&carrier->changed, &carrier->mutex);
            continue;
        }
        errand->taken = 1;
        (void)pthread_mutex_unlock(&carrier->mutex);
        run_errand(errand);
        (void)pthread_mutex_lock(&carrier->mutex);
    }
    let_go(carrier);
    return NULL;
}

/* Signals are the node's to take; faults must reach the handler that names who had them. */
static void block_signals(sigset_t *ret_former)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all;
    (void)sigfillset(&all);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        (void)sigdelset(&all, faults[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &all, ret_former);
}

struct carrier *carrier_new(void)
{
    sigset_t former;
    struct carrier *carrier;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return NULL;
    carrier = calloc(1, sizeof(*carrier));
    if (!carrier) return NULL;
    (void)pthread_mutex_init(&carrier->mutex, NULL);
    (void)pthread_cond_init(&carrier->changed, NULL);
    carrier->holders = 1;
    block_signals(&former);
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_t thread;
        (void)pthread_mutex_lock(&carrier->mutex);
        if (pthread_create(&thread, NULL, run_thread, carrier) == 0) {
            carrier->holders++;
            (void)pthread_detach(thread);
        }
        (void)pthread_mutex_unlock(&carrier->mutex);
    }
    (void)pthread_sigmask(SIG_SETMASK, &former, NULL);
    if (carrier->holders > 1) return carrier;
    carrier_free(carrier);
    return NULL;
}

/* Threads are detached and looked at: a wait with a deadline goes by the wall clock, which jumps.
 */
void carrier_free(struct carrier *carrier)
{
    const struct timespec pause = {0, STOP_LOOK_MS * 1000000l};
    if (!carrier) return;
    (void)pthread_mutex_lock(&carrier->mutex);
    carrier->stops = 1;
    (void)pthread_cond_broadcast(&carrier->changed);
    for (uint32_t i = 0; carrier->holders > 1 && i < STOP_WAIT_MS / STOP_LOOK_MS; i++) {
        (void)pthread_mutex_unlock(&carrier->mutex);
        (void)nanosleep(&pause, NULL);
        (void)pthread_mutex_lock(&carrier->mutex);
    }
    let_go(carrier);
}

/* ---- Giving and asking ---- */

uint64_t carrier_give(struct carrier *carrier, struct parcel *parcel)
{
    struct errand *errand = carrier ? calloc(1, sizeof(*errand)) : NULL;
    struct errand **at;
    if (!errand || !parcel->content || parcel->content_len == 0) {
        parcel_free(parcel);
        free(errand);
        return 0;
    }
    errand->carrier = carrier;
    errand->parcel = *parcel;
    memset(parcel, 0, sizeof(*parcel));
    (void)pthread_mutex_lock(&carrier->mutex);
    errand->number = ++carrier->last_number;
    for (at = &carrier->errands; *at; at = &(*at)->next) continue;
    *at = errand;
    (void)pthread_cond_broadcast(&carrier->changed);
    (void)pthread_mutex_unlock(&carrier->mutex);
    return errand->number;
}

static struct errand **place_of(struct carrier *carrier, uint64_t number)
{
    struct errand **at = &carrier->errands;
    while (*at && (*at)->number != number) at = &(*at)->next;
    return at;
}

enum carried carrier_state(struct carrier *carrier, uint64_t number, char ret_why[CARRIED_WHY_SIZE])
{
    enum carried state = CARRIED_FAILED;
    const struct errand *errand;
    (void)snprintf(ret_why, CARRIED_WHY_SIZE, "no-memory");
    (void)pthread_mutex_lock(&carrier->mutex);
    errand = *place_of(carrier, number);
    if (errand) {
        state = errand->state;
        memcpy(ret_why, errand->why, CARRIED_WHY_SIZE);
    }
    (void)pthread_mutex_unlock(&carrier->mutex);
    return state;
}

void carrier_allow(struct carrier *carrier, uint64_t number)
{
    struct errand *errand;
    (void)pthread_mutex_lock(&carrier->mutex);
    errand = *place_of(carrier, number);
    if (errand) errand->allowed = 1;
    (void)pthread_cond_broadcast(&carrier->changed);
    (void)pthread_mutex_unlock(&carrier->mutex);
}

void carrier_forget(struct carrier *carrier, uint64_t number)
{
    struct errand **at, *errand;
    (void)pthread_mutex_lock(&carrier->mutex);
    at = place_of(carrier, number);
    errand = *at;
    if (errand) *at = errand->next;
    (void)pthread_mutex_unlock(&carrier->mutex);
    if (errand) errand_free(errand);
}
