/* A digest as the JSON body of a webhook, and its signature. */
#include "digest.h"
#include "encode.h"

#include <sodium.h>
#include <stdio.h>

#define URL_BYTES_MAX 500

static void put_member(struct text *text, const char *name, const char *value)
{
    text_print(text, ",\"%s\":\"", name);
    text_put_json(text, wh_span_of(value));
    text_print(text, "\"");
}

static void put_line(const struct digest *digest, const struct line *line, struct text *text)
{
    const struct owed *owed = line->owed;
    char due[DAY_TEXT_SIZE];
    day_text(owed->period.due, due);
    text_print(text, "{\"stage\":\"%s\"", stage_word(line->stage));
    put_member(text, "unit", owed->unit);
    put_member(text, "name", line->name);
    put_member(text, "duty", owed->duty);
    put_member(text, "title", digest->is_zh ? owed->zh : owed->en);
    put_member(text, "about", owed->about);
    put_member(text, "period", owed->period.name);
    put_member(text, "due", due);
    text_print(text, "}");
}

static void put_section(const struct digest *digest, enum section section, struct text *text)
{
    const char *comma = "";
    text_print(text, ",\"%s\":[", section_word(section));
    for (uint32_t i = 0; i < digest->count; i++) {
        if (digest->lines[i].section != section) continue;
        text_print(text, "%s", comma);
        put_line(digest, &digest->lines[i], text);
        comma = ",";
    }
    text_print(text, "]");
}

void hook_put(const struct digest *digest, const struct envelope *envelope, struct text *text)
{
    struct text title = {NULL, 0, 0, 0}, body = {NULL, 0, 0, 0};
    int64_t seconds = envelope->now_ms / 1000;
    char day[DAY_TEXT_SIZE];
    digest_put_subject(digest, &title);
    digest_put_body(digest, &body);
    day_text(seconds / 86400, day);
    text_print(text, "{\"id\":\"%s\",\"sent_at\":\"%sT%02d:%02d:%02dZ\"", envelope->id, day,
               (int)(seconds % 86400 / 3600), (int)(seconds % 3600 / 60), (int)(seconds % 60));
    put_member(text, "unit", digest->unit);
    put_member(text, "language", digest->is_zh ? "zh" : "en");
    put_member(text, "title", title.data ? title.data : "");
    put_section(digest, SECTION_NEW, text);
    put_section(digest, SECTION_OPEN, text);
    put_section(digest, SECTION_DOUBT, text);
    put_member(text, "text", body.data ? body.data : "");
    text_print(text, "}\n");
    text->failed = text->failed || title.failed || body.failed;
    text_free(&title);
    text_free(&body);
}

void hook_sign(struct wh_span secret, struct wh_span body, char ret[SIGNATURE_TEXT_SIZE])
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.data, secret.len);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.data, body.len);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    (void)sodium_bin2hex(ret, SIGNATURE_TEXT_SIZE, mac, sizeof(mac));
}

int is_hook_url(struct wh_span text)
{
    struct wh_span secure = wh_span_of("https://"), plain = wh_span_of("http://");
    if (text.len > URL_BYTES_MAX) return 0;
    for (uint64_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 127) return 0;
    }
    return (text.len > secure.len && memcmp(text.data, secure.data, secure.len) == 0) ||
           (text.len > plain.len && memcmp(text.data, plain.data, plain.len) == 0);
}
