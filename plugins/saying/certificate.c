#include "certificate.h"

#include <stdio.h>

#include "saying.h"

static const char style[] =
    "@page { size: A4; margin: 0 }\n"
    "body { margin: 0; color: #222; font-family: \"Noto Serif CJK SC\", \"SimSun\", \"Songti SC\", "
    "serif }\n"
    ".page { box-sizing: border-box; width: 210mm; height: 296mm; padding: 40mm 25mm 25mm; "
    "page-break-after: always; break-after: page; overflow: hidden; position: relative; "
    "text-align: center }\n"
    ".page::before { content: \"\"; position: absolute; top: 12mm; right: 12mm; bottom: 12mm; "
    "left: 12mm; border: 1mm double #a33 }\n"
    ".page:last-child { page-break-after: auto; break-after: auto }\n"
    "h1 { margin: 0; font-size: 34pt; letter-spacing: 8pt; color: #a33 }\n"
    "h2 { margin: 4mm 0 18mm; font-size: 16pt; font-weight: normal }\n"
    ".name { margin: 0 0 12mm; font-size: 26pt }\n"
    ".text { margin: 0 0 8mm; font-size: 15pt; line-height: 1.9; text-align: left; "
    "overflow-wrap: anywhere }\n"
    ".sign { margin-top: 20mm; text-align: right; font-size: 14pt; line-height: 1.8 }\n"
    ".number { position: absolute; left: 25mm; bottom: 22mm; font-size: 10pt; color: #555 }\n";

void certificates_begin(struct text *page, const char *zh, const char *en)
{
    text_print(page,
               "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<title>%s · %s</title>\n<style>\n%s</style>\n</head>\n<body>\n",
               zh, en, style);
}

void certificates_end(struct text *page)
{
    text_print(page, "</body>\n</html>\n");
}

void certificate_day(int64_t date, char ret[CERTIFICATE_DAY_SIZE])
{
    struct wh_civil civil = wh_civil_of((int32_t)date);
    (void)snprintf(ret, CERTIFICATE_DAY_SIZE, "%d年%d月%d日", (int)civil.year, (int)civil.month,
                   (int)civil.day);
}

void certificate_number(int64_t date, struct wh_span record, char ret[CERTIFICATE_NUMBER_SIZE])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t hash = 14695981039346656037u;
    char word[13];
    for (uint64_t i = 0; i < record.len; i++) {
        hash = (hash ^ (unsigned char)record.data[i]) * 1099511628211u;
    }
    for (uint32_t i = 0; i < 12; i++) word[i] = letters[(hash >> (5 * i)) & 31u];
    word[12] = '\0';
    (void)snprintf(ret, CERTIFICATE_NUMBER_SIZE, "%04d-%.4s-%.4s-%.4s", (int)year_of(date), word,
                   word + 4, word + 8);
}

static void put_paragraph(struct text *page, const char *language, struct wh_span text)
{
    text_print(page, "<p class=\"text\" lang=\"%s\">", language);
    text_put_html(page, text);
    text_print(page, "</p>\n");
}

void certificates_put(struct text *page, const struct certificate *one)
{
    char day[DAY_TEXT_SIZE], number[CERTIFICATE_NUMBER_SIZE];
    (void)day_text(one->date, day);
    certificate_number(one->date, one->record, number);
    text_print(page, "<section class=\"page\">\n<h1>%s</h1>\n<h2>%s</h2>\n<p class=\"name\">",
               one->zh, one->en);
    text_put_html(page, one->name);
    text_print(page, "</p>\n");
    put_paragraph(page, "zh-CN", one->text_zh);
    put_paragraph(page, "en", one->text_en);
    text_print(page, "<p class=\"sign\">");
    text_put_html(page, one->unit);
    text_print(page, "<br>%s</p>\n<p class=\"number\">编号 No. %s</p>\n</section>\n", day, number);
}
