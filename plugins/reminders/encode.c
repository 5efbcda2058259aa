#include "encode.h"

#define LINE_LETTERS 76

void text_put_base64(struct text *text, struct wh_span bytes, int wide)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t column = 0;
    for (uint64_t i = 0; i < bytes.len; i += 3) {
        uint64_t left = bytes.len - i;
        uint32_t group = (uint32_t)(uint8_t)bytes.data[i] << 16;
        char four[4];
        if (left > 1) group |= (uint32_t)(uint8_t)bytes.data[i + 1] << 8;
        if (left > 2) group |= (uint32_t)(uint8_t)bytes.data[i + 2];
        for (uint32_t k = 0; k < 4; k++) four[k] = letters[group >> (18 - 6 * k) & 63];
        if (left < 3) four[3] = '=';
        if (left < 2) four[2] = '=';
        text_put(text, four, 4);
        column += 4;
        if (wide || column < LINE_LETTERS) continue;
        text_put(text, "\r\n", 2);
        column = 0;
    }
    if (!wide && column > 0) text_put(text, "\r\n", 2);
}

void text_put_json(struct text *text, struct wh_span bytes)
{
    for (uint64_t i = 0; i < bytes.len; i++) {
        char letter = bytes.data[i];
        if (letter == '"' || letter == '\\') {
            text_print(text, "\\%c", letter);
        } else if (letter == '\n') {
            text_put(text, "\\n", 2);
        } else if ((uint8_t)letter < 32 || letter == 127) {
            text_print(text, "\\u%04x", (unsigned)(uint8_t)letter);
        } else {
            text_put(text, &letter, 1);
        }
    }
}
