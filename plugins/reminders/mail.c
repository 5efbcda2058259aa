/* A digest as a mail: plain text, UTF-8, base64; every header is ASCII. */
#include "digest.h"
#include "encode.h"

#include <stdio.h>
#include <stdlib.h>

#define WORD_BYTES_MAX 42 /* of text in one encoded word: 56 letters, below the 75 of RFC 2047 */

/* Words are cut between characters: each must be whole UTF-8. */
static void put_encoded(struct text *text, struct wh_span subject)
{
    uint64_t at = 0;
    while (at < subject.len) {
        uint64_t len = subject.len - at < WORD_BYTES_MAX ? subject.len - at : WORD_BYTES_MAX;
        struct wh_span word = {subject.data + at, 0};
        while (len > 1 && at + len < subject.len &&
               ((uint8_t)subject.data[at + len] & 0xC0) == 0x80) {
            len--;
        }
        word.len = len;
        if (at > 0) text_print(text, "\r\n ");
        text_print(text, "=?UTF-8?B?");
        text_put_base64(text, word, 1);
        text_print(text, "?=");
        at += len;
    }
}

static void put_date(struct text *text, int64_t now_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t seconds = now_ms / 1000, day = seconds / 86400;
    struct wh_civil civil = wh_civil_of((int32_t)day);
    text_print(text, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[day - monday_of(day)],
               civil.day, months[civil.month - 1], civil.year, (int)(seconds % 86400 / 3600),
               (int)(seconds % 3600 / 60), (int)(seconds % 60));
}

void mail_put(const struct digest *digest, const struct envelope *envelope, struct text *text)
{
    struct text subject = {NULL, 0, 0, 0}, body = {NULL, 0, 0, 0};
    const char *domain = strchr(envelope->from, '@');
    digest_put_subject(digest, &subject);
    digest_put_body(digest, &body);
    put_date(text, envelope->now_ms);
    text_print(text, "From: %s\r\nTo: %s\r\n", envelope->from, envelope->to);
    text_print(text, "Message-ID: <%s@%s>\r\n", envelope->id, domain ? domain + 1 : "wuhao");
    text_print(text, "Subject: ");
    put_encoded(text, (struct wh_span){subject.data, subject.len});
    text_print(text, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    text_put_base64(text, (struct wh_span){body.data, body.len}, 0);
    text->failed = text->failed || subject.failed || body.failed;
    text_free(&subject);
    text_free(&body);
}

#define ADDRESS_BYTES_MAX 254

int is_address(struct wh_span text)
{
    uint64_t at = 0, count = 0;
    if (text.len < 3 || text.len > ADDRESS_BYTES_MAX) return 0;
    for (uint64_t i = 0; i < text.len; i++) {
        char letter = text.data[i];
        if (letter <= ' ' || letter >= 127 || strchr("<>()[]\\,;:\"", letter)) return 0;
        if (letter != '@') continue;
        at = i;
        count++;
    }
    return count == 1 && at > 0 && at + 1 < text.len;
}
