#include "fingerprint.h"

#include <sodium.h>
#include <string.h>

static void take(const char *text, unsigned char ret[crypto_generichash_BYTES_MIN])
{
    (void)crypto_generichash(ret, crypto_generichash_BYTES_MIN, (const unsigned char *)text,
                             strlen(text), NULL, 0);
}

void fingerprint_text(const char *text, char ret[FINGERPRINT_TEXT_SIZE])
{
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    take(text, bytes);
    (void)sodium_bin2hex(ret, FINGERPRINT_TEXT_SIZE, bytes, sizeof(bytes));
}

uint64_t fingerprint_number(const char *text)
{
    unsigned char bytes[crypto_generichash_BYTES_MIN];
    uint64_t number = 0;
    take(text, bytes);
    for (uint32_t i = 0; i < sizeof(number); i++) number = number << 8 | bytes[i];
    return number;
}
